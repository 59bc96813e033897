/** The exact right to grant after a secret manager refused a node: the statement for this role and this secret. Pure. */
import { awsAccessPolicy, awsSecretPlace, type AwsNodes } from '../names/access-policy-aws.ts'
import { gcloudCommand, gcpAccessPolicy, gcpSecretPlace } from '../names/access-policy-gcp.ts'
import type { AwsStatement } from '../names/access-policy.ts'
import { hasForm, type Facts } from './fact.ts'

/** `read`: the secret was refused; `decrypt`: its key. Null if the facts do not say who asked for what. */
export function accessFix(
  { provider, reference, role, account, region }: Facts,
  refused: 'read' | 'decrypt',
): string | null {
  if (!hasForm('reference', reference) || !hasForm('role', role) || !hasForm('account', account)) return null
  if (provider === 'gcp') return gcpFix(reference, role, account)
  if (provider === 'aws' && hasForm('region', region) && /^\d{12}$/.test(account))
    return awsFix(reference, { role, accountId: account, region }, refused)
  return null
}

function awsFix(reference: string, nodes: AwsNodes, refused: 'read' | 'decrypt'): string | null {
  const place = awsSecretPlace(reference, nodes)
  if (place === null) return null
  const policy = awsAccessPolicy(nodes, [place], { customerKeys: refused === 'decrypt' })
  const wanted = policy.identity_policy.Statement.filter(({ Action }) => refused === 'read' || Action === 'kms:Decrypt')
  const steps = [`Let the role ${nodes.role} in account ${nodes.accountId} do this: ${json(wanted)}`]
  const [secret] = policy.secret_policies
  const [key] = policy.key_policies
  if (secret && refused === 'read')
    steps.push(`In account ${place.accountId}, put this on the secret: ${JSON.stringify(secret.policy)}`)
  if (key) {
    const where = secret
      ? "In the account of the secret's key"
      : 'Where its key is of another account, or does not leave it to IAM'
    steps.push(`${where}, add this to the policy of that key: ${json(key.policy.Statement)}`)
  }
  return `${steps.join(' — ')} (fairlead policy prints it for all secrets of a cluster environment.)`
}

function json(statements: readonly AwsStatement[]): string {
  return statements.map((statement) => JSON.stringify(statement)).join(', ')
}

function gcpFix(reference: string, serviceAccount: string, project: string): string | null {
  if (!/^[A-Za-z0-9._-]+@[A-Za-z0-9.-]+$/.test(serviceAccount)) return null
  const commands = gcpAccessPolicy(serviceAccount, [gcpSecretPlace(reference, project)]).bindings.map(gcloudCommand)
  return `Let the nodes' service account read it: ${commands.join('; ')}`
}
