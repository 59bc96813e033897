/** The same as Terraform. Each value is a JSON string, which HCL reads alike, with its template marks doubled. No state holds a login. Pure. */
import type { AwsAccessPolicy, GcpAccessPolicy } from '@fairlead/contract/names'
import {
  accountOf,
  awsRole,
  awsSecretsToMake,
  awsTrustPolicy,
  enterOnAws,
  enterOnGcp,
  gcpAccountToMake,
  howToEnter,
  isGcpSecretToMake,
  type AccessSubject,
} from './access-subject.ts'

export function terraformText(subject: AccessSubject): string {
  const { policy } = subject
  return policy.provider === 'aws' ? forAws({ ...subject, policy }) : forGcp({ ...subject, policy })
}

function forAws(subject: AccessSubject<AwsAccessPolicy>): string {
  const { policy, exists } = subject
  const { partition, name, path } = awsRole(policy)
  const secrets = awsSecretsToMake(subject)
  const role = exists ? quoted(name) : 'aws_iam_role.fairlead_nodes.name'
  const places = [['name', quoted(name)] as const, ['path', quoted(path)] as const]
  const machines = [
    block('aws_iam_role', 'fairlead_nodes', [...places, ['assume_role_policy', encoded(awsTrustPolicy(partition))]]),
    block('aws_iam_instance_profile', 'fairlead_nodes', [...places, ['role', role]]),
  ]
  const blocks = [
    ...(exists ? [] : machines),
    block('aws_iam_role_policy', 'fairlead_registry_logins', [
      ['name', quoted('fairlead-registry-logins')],
      ['role', role],
      ['policy', encoded(policy.identity_policy)],
    ]),
    ...secrets.map(({ region, name: secret }, index) =>
      [
        `# Without a value, which would be in the state. With a provider of the region ${region}.`,
        block('aws_secretsmanager_secret', `fairlead_${index + 1}`, [['name', quoted(secret)]]),
      ].join('\n'),
    ),
    ...policy.secret_policies.map(({ secret, policy: document }, index) =>
      [
        `# Of account ${accountOf(secret)}: apply it with a provider of that account.`,
        block('aws_secretsmanager_secret_policy', `fairlead_${index + 1}`, [
          ['secret_arn', quoted(secret)],
          ['policy', encoded(document)],
        ]),
      ].join('\n'),
    ),
    ...policy.key_policies.map(({ secret, policy: document }, index) =>
      [
        `# For the policy of the key that ${secret} is encrypted with: merge it into what is there (source_policy_documents).`,
        `locals {\n  fairlead_key_policy_${index + 1} = ${encoded(document)}\n}\n`,
      ].join('\n'),
    ),
  ]
  return blocks.join('\n') + ending(howToEnter(secrets.map(enterOnAws)))
}

function forGcp(subject: AccessSubject<GcpAccessPolicy>): string {
  const { policy } = subject
  const account = gcpAccountToMake(subject)
  const machines =
    account === null
      ? []
      : [
          block('google_service_account', 'fairlead_nodes', [
            ['project', quoted(account.project)],
            ['account_id', quoted(account.id)],
          ]),
        ]
  const secrets = policy.bindings.map((binding, index) => {
    const { project, location, secret, role, member } = binding
    const kind = location === null ? 'google_secret_manager_secret' : 'google_secret_manager_regional_secret'
    const name = `fairlead_${index + 1}`
    const place = [
      ['project', quoted(project)] as const,
      ...(location === null ? [] : [['location', quoted(location)] as const]),
    ]
    const isMade = isGcpSecretToMake(subject, binding)
    const copies = location === null ? ['  replication {\n    auto {}\n  }'] : []
    const right = block(`${kind}_iam_member`, name, [
      ...place,
      ['secret_id', isMade ? `${kind}.${name}.secret_id` : quoted(secret)],
      ['role', quoted(role)],
      ['member', account === null ? quoted(member) : 'google_service_account.fairlead_nodes.member'],
    ])
    if (!isMade) return right
    const made = block(kind, name, [...place, ['secret_id', quoted(secret)]], copies)
    return `# Without a value, which would be in the state.\n${made}\n${right}`
  })
  const entered = policy.bindings.filter((binding) => isGcpSecretToMake(subject, binding)).map(enterOnGcp)
  return [...machines, ...secrets].join('\n') + ending(howToEnter(entered))
}

function ending(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

function block(
  type: string,
  name: string,
  fields: readonly (readonly [string, string])[],
  inner: readonly string[] = [],
): string {
  const width = Math.max(...fields.map(([field]) => field.length))
  const lines = fields.map(([field, value]) => `  ${field.padEnd(width)} = ${value}`)
  const parts = inner.length === 0 ? lines : [...lines, '', ...inner]
  return `resource "${type}" "${name}" {\n${parts.join('\n')}\n}\n`
}

function encoded(document: object): string {
  return `jsonencode(${forTerraform(JSON.stringify(document, null, 2)).replaceAll('\n', '\n  ')})`
}

function quoted(text: string): string {
  return forTerraform(JSON.stringify(text))
}

/** `${` and `%{` begin a template in HCL. */
function forTerraform(json: string): string {
  return json.replaceAll(/[$%]\{/g, (mark) => `${mark[0]}${mark}`)
}
