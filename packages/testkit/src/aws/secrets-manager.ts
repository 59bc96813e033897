/** Secrets Manager behind a policy: what the role may not do is denied, whether or not the secret exists. */
import { refuse, succeed, type AwsAnswer } from './answer.ts'
import type { Instance } from './instance.ts'
import type { Moto, SecretPlace } from './moto.ts'
import { evaluatePolicy, type PolicyDocument } from './policy.ts'

interface SecretsQuestion {
  action: string
  secretId: string | null
  region: string
  caller: Instance
  body: Buffer
}

export async function answerSecrets(
  { action, secretId, region, caller, body }: SecretsQuestion,
  { moto, policy }: { moto: Moto; policy: PolicyDocument },
): Promise<AwsAnswer> {
  const place = { region, account: accountOf(secretId) ?? moto.account }
  const arn = secretId === null ? '*' : await arnOf(moto, secretId, place)
  const decision = evaluatePolicy(policy, action, arn ?? nameAsArn(secretId ?? '', place))
  if (decision !== 'allowed') {
    const why =
      decision === 'explicitly-denied'
        ? 'with an explicit deny in an identity-based policy'
        : `because no identity-based policy allows the ${action} action`
    const denied = `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${arn ?? secretId} ${why}`
    return refuse(400, 'AccessDeniedException', denied)
  }
  const { status, text } = await moto.ask(action.split(':')[1] ?? '', body, place)
  if (status < 300) return succeed(text)
  // moto answers 404 where the service answers 400.
  const { __type = 'InternalServiceError', message = '' } = JSON.parse(text) as { __type?: string; message?: string }
  return refuse(400, __type, message)
}

type Place = Required<SecretPlace>

/** The whole ARN of a secret, with its six random characters: the thing that policies speak of. */
async function arnOf(moto: Moto, secretId: string, place: Place): Promise<string | null> {
  const { status, text } = await moto.ask('DescribeSecret', JSON.stringify({ SecretId: secretId }), place)
  return status < 300 ? (JSON.parse(text) as { ARN: string }).ARN : null
}

function nameAsArn(secretId: string, { region, account }: Place): string {
  return secretId.startsWith('arn:') ? secretId : `arn:aws:secretsmanager:${region}:${account}:secret:${secretId}`
}

function accountOf(secretId: string | null): string | undefined {
  return /^arn:[^:]+:secretsmanager:[^:]*:(?<account>\d{12}):/.exec(secretId ?? '')?.groups?.['account']
}
