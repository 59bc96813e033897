/** Secrets Manager behind policies: denies what the role may not do, whether or not the secret exists. */
import { decideAccess, type AccessDecision } from './access.ts'
import { refuse, succeed, type AwsAnswer } from './answer.ts'
import type { Instance } from './instance.ts'
import type { Moto, SecretPlace } from './moto.ts'
import type { PolicyDocument } from './policy.ts'

interface SecretsQuestion {
  action: string
  secretId: string | null
  region: string
  caller: Instance
  body: Buffer
}

/** The policies in force, by the ARN of the resource they apply to. */
export interface PoliciesInForce {
  readonly role: string
  readonly identity: PolicyDocument
  readonly ofSecret: ReadonlyMap<string, PolicyDocument>
  readonly ofKey: ReadonlyMap<string, PolicyDocument>
}

export async function answerSecrets(
  { action, secretId, region, caller, body }: SecretsQuestion,
  { moto, policies }: { moto: Moto; policies: PoliciesInForce },
): Promise<AwsAnswer> {
  const place = { region, account: accountOf(secretId) ?? moto.account }
  const found = secretId === null ? null : await describe(moto, secretId, place)
  const secret = found?.arn ?? (secretId === null ? '*' : nameAsArn(secretId, place))
  const keyArn = found?.keyArn ?? null
  const decision = decideAccess(
    { action, secret, keyArn, region, caller: { account: moto.account, role: policies.role } },
    {
      identity: policies.identity,
      secret: policies.ofSecret.get(secret) ?? null,
      key: policies.ofKey.get(keyArn ?? '') ?? null,
    },
  )
  if (decision !== 'allowed')
    return refusal(decision, `${action} on resource: ${found?.arn ?? secretId ?? '*'}`, caller)
  const { status, text } = await moto.ask(action.split(':')[1] ?? '', body, place)
  if (status < 300) return succeed(text)
  // moto answers 404 where the service answers 400.
  const { __type = 'InternalServiceError', message = '' } = JSON.parse(text) as { __type?: string; message?: string }
  return refuse(400, __type, message)
}

function refusal(decision: Exclude<AccessDecision, 'allowed'>, what: string, { arn }: Instance): AwsAnswer {
  // A refused key has the same type as a refused secret; only the message differs.
  if (decision === 'key-denied') return refuse(400, 'AccessDeniedException', 'Access to KMS is not allowed')
  if (decision === 'key-of-aws') {
    const reason =
      "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS service key."
    return refuse(400, 'InvalidRequestException', reason)
  }
  const action = what.split(' ', 1)[0] ?? ''
  const why = {
    'explicit-deny': 'with an explicit deny in an identity-based policy',
    'no-identity-policy': `because no identity-based policy allows the ${action} action`,
    'no-resource-policy': `because no resource-based policy allows the ${action} action`,
  }[decision]
  return refuse(400, 'AccessDeniedException', `User: ${arn} is not authorized to perform: ${what} ${why}`)
}

type Place = Required<SecretPlace>

/** The full ARN of a secret, with its six random characters, and its key: the resources that policies refer to. */
async function describe(
  moto: Moto,
  secretId: string,
  place: Place,
): Promise<{ arn: string; keyArn: string | null } | null> {
  const { status, text } = await moto.ask('DescribeSecret', JSON.stringify({ SecretId: secretId }), place)
  if (status >= 300) return null
  const { ARN, KmsKeyId = null } = JSON.parse(text) as { ARN: string; KmsKeyId?: string | null }
  return { arn: ARN, keyArn: KmsKeyId }
}

function nameAsArn(secretId: string, { region, account }: Place): string {
  return secretId.startsWith('arn:') ? secretId : `arn:aws:secretsmanager:${region}:${account}:secret:${secretId}`
}

function accountOf(secretId: string | null): string | undefined {
  return /^arn:[^:]+:secretsmanager:[^:]*:(?<account>\d{12}):/.exec(secretId ?? '')?.groups?.['account']
}
