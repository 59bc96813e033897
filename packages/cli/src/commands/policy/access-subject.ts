/** What `fairlead policy` prints a setup for: the rights, and what exists already. Pure. */
import type { AccessPolicy, AwsAccessPolicy, GcpAccessPolicy, GcpSecretBinding } from '@fairlead/contract/names'
import { shellCommand } from '../../terminal/shell-quote.ts'
import { toReplace } from '../launch-config/yaml-text.ts'

export interface AccessSubject<Policy extends AccessPolicy = AccessPolicy> {
  readonly policy: Policy
  /** The role and the secrets exist already: only rights are missing. */
  readonly exists: boolean
}

export interface AwsSecretToMake {
  readonly region: string
  readonly name: string
}

/** Secrets of the nodes' own account that are named without the end of their ARN. With it, a secret exists already. */
export function awsSecretsToMake({ policy, exists }: AccessSubject<AwsAccessPolicy>): readonly AwsSecretToMake[] {
  if (exists) return []
  const reads = policy.identity_policy.Statement.filter(({ Action }) => Action === 'secretsmanager:GetSecretValue')
  return reads
    .flatMap(({ Resource }) => Resource)
    .flatMap((arn) => {
      const [, , , region = '', , , name = ''] = arn.split(':')
      return name.endsWith('-??????') ? [{ region, name: name.slice(0, -7) }] : []
    })
}

/** The parts of the role's ARN. */
export function awsRole({ role_arn: arn }: AwsAccessPolicy) {
  const [, partition = 'aws', , , account = '', resource = ''] = arn.split(':')
  const [, ...path] = resource.split('/')
  const name = path.pop() ?? ''
  return { partition, account, name, path: path.length === 0 ? '/' : `/${path.join('/')}/` }
}

/** Who may assume the role: machines, and nobody else. */
export function awsTrustPolicy(partition: string) {
  const Service = partition === 'aws-cn' ? 'ec2.amazonaws.com.cn' : 'ec2.amazonaws.com'
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }],
  }
}

export function regionOf(arn: string): string {
  return arn.split(':')[3] ?? ''
}

export function accountOf(arn: string): string {
  return arn.split(':')[4] ?? ''
}

/** Null if it exists, or if its e-mail is not one that a project gives. */
export function gcpAccountToMake({ policy, exists }: AccessSubject<GcpAccessPolicy>) {
  const own = ownAccount(policy)
  return exists ? null : own
}

/** Secrets of the service account's own project, and not of somebody else's. */
export function isGcpSecretToMake(
  { policy, exists }: AccessSubject<GcpAccessPolicy>,
  binding: GcpSecretBinding,
): boolean {
  return !exists && binding.project === ownAccount(policy)?.project
}

function ownAccount({ service_account: email }: GcpAccessPolicy) {
  const found = /^([a-z][a-z0-9-]{4,28}[a-z0-9])@([a-z][a-z0-9-]{4,28}[a-z0-9])\.iam\.gserviceaccount\.com$/.exec(email)
  return found === null ? null : { id: found[1] ?? '', project: found[2] ?? '' }
}

/**
 * Comments with the commands that ask for the password: it is in no shell history, on no command line, in no state of Terraform. The registry is for
 * the admin to fill in: a compromised control plane that named another would have the nodes log in there (S7).
 */
export function howToEnter(into: readonly (readonly string[])[]): readonly string[] {
  if (into.length === 0) return []
  const login = ['--username', toReplace('USERNAME'), '--server', toReplace('REGISTRY_HOST')]
  const ask = shellCommand('fairlead', 'secret', 'document', ...login)
  return [
    '',
    '# Then enter the login. You are asked for the password, so no history, file or state holds it:',
    ...into.map((words) => `# ${ask} | ${shellCommand(...words)}`),
  ]
}

export function enterOnAws({ region, name }: AwsSecretToMake): readonly string[] {
  const place = ['--region', region, '--secret-id', name]
  return ['aws', 'secretsmanager', 'put-secret-value', ...place, '--secret-string', 'file:///dev/stdin']
}

export function enterOnGcp(binding: GcpSecretBinding): readonly string[] {
  return ['gcloud', 'secrets', 'versions', 'add', binding.secret, ...gcpPlace(binding), '--data-file=-']
}

export function gcpPlace({ project, location }: GcpSecretBinding): readonly string[] {
  return [`--project=${project}`, ...(location === null ? [] : [`--location=${location}`])]
}
