/** Whether a role may read a secret, as AWS decides it: by the policies of the role, the secret and the key. Pure. */
import { evaluatePolicy, evaluateResourcePolicy, type PolicyDocument, type PolicyQuestion } from './policy.ts'

export interface AccessQuestion {
  readonly action: string
  /** The secret's ARN; for one that does not exist, its ARN without the six characters. */
  readonly secret: string
  /** Null: the AWS-managed key of the account. */
  readonly keyArn: string | null
  readonly region: string
  readonly caller: { readonly account: string; readonly role: string }
}

export interface Policies {
  readonly identity: PolicyDocument
  readonly secret: PolicyDocument | null
  /** Null: the AWS default for a new key, which defers to the policies of its own account. */
  readonly key: PolicyDocument | null
}

export type AccessDecision =
  | 'allowed'
  | 'no-identity-policy'
  | 'no-resource-policy'
  | 'explicit-deny'
  | 'key-denied'
  /** A secret in another account needs a key whose policy can name others. */
  | 'key-of-aws'

export function decideAccess(question: AccessQuestion, policies: Policies): AccessDecision {
  const { action, secret, keyArn, region, caller } = question
  const onSecret = judge({ action, resource: secret }, policies.identity, policies.secret, caller)
  if (onSecret !== 'allowed') return onSecret
  if (action !== 'secretsmanager:GetSecretValue') return 'allowed'
  if (keyArn === null) return accountOf(secret) === caller.account ? 'allowed' : 'key-of-aws'
  const ending = region.startsWith('cn-') ? '.cn' : ''
  const context = {
    'kms:ViaService': `secretsmanager.${region}.amazonaws.com${ending}`,
    'kms:EncryptionContext:SecretARN': secret,
  }
  const decrypt = { action: 'kms:Decrypt', resource: keyArn, context }
  return judge(decrypt, policies.identity, policies.key, caller) === 'allowed' ? 'allowed' : 'key-denied'
}

/** Within one account either policy may allow; across accounts both must. */
function judge(
  question: PolicyQuestion,
  identity: PolicyDocument,
  resource: PolicyDocument | null,
  { account, role }: AccessQuestion['caller'],
): 'allowed' | 'no-identity-policy' | 'no-resource-policy' | 'explicit-deny' {
  const partition = question.resource.split(':')[1] ?? 'aws'
  const principals = [`arn:${partition}:iam::${account}:role/${role}`]
  const byIdentity = evaluatePolicy(identity, question)
  const byResource = resource === null ? 'denied' : evaluateResourcePolicy(resource, principals, question)
  if (byIdentity === 'explicitly-denied' || byResource === 'explicitly-denied') return 'explicit-deny'
  if (accountOf(question.resource) === account) {
    return byIdentity === 'allowed' || byResource === 'allowed' ? 'allowed' : 'no-identity-policy'
  }
  if (byIdentity !== 'allowed') return 'no-identity-policy'
  return byResource === 'allowed' ? 'allowed' : 'no-resource-policy'
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? ''
}
