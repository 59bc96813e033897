/** A policy as Terraform. Each value is a JSON string, which HCL reads alike, with its template marks doubled. Pure. */
import type { AccessPolicy, AwsAccessPolicy, AwsPolicyDocument, GcpAccessPolicy } from '@fairlead/contract/names'

export function terraformText(policy: AccessPolicy): string {
  return policy.provider === 'aws' ? forAws(policy) : forGcp(policy)
}

function forAws({ role_arn: roleArn, identity_policy, secret_policies, key_policies }: AwsAccessPolicy): string {
  const role = roleArn.slice(roleArn.lastIndexOf('/') + 1)
  const blocks = [
    block('aws_iam_role_policy', 'fairlead_registry_logins', [
      ['name', quoted('fairlead-registry-logins')],
      ['role', quoted(role)],
      ['policy', encoded(identity_policy)],
    ]),
    ...secret_policies.map(({ secret, policy }, index) =>
      [
        `# Of account ${accountOf(secret)}: apply it with a provider of that account.`,
        block('aws_secretsmanager_secret_policy', `fairlead_${index + 1}`, [
          ['secret_arn', quoted(secret)],
          ['policy', encoded(policy)],
        ]),
      ].join('\n'),
    ),
    ...key_policies.map(({ secret, policy }, index) =>
      [
        `# For the policy of the key that ${secret} is encrypted with: merge it into what is there (source_policy_documents).`,
        `locals {\n  fairlead_key_policy_${index + 1} = ${encoded(policy)}\n}\n`,
      ].join('\n'),
    ),
  ]
  return blocks.join('\n')
}

function forGcp({ bindings }: GcpAccessPolicy): string {
  return bindings
    .map(({ project, location, secret, role, member }, index) =>
      block(
        location === null
          ? 'google_secret_manager_secret_iam_member'
          : 'google_secret_manager_regional_secret_iam_member',
        `fairlead_${index + 1}`,
        [
          ['project', quoted(project)],
          ...(location === null ? [] : [['location', quoted(location)] as const]),
          ['secret_id', quoted(secret)],
          ['role', quoted(role)],
          ['member', quoted(member)],
        ],
      ),
    )
    .join('\n')
}

function block(type: string, name: string, fields: readonly (readonly [string, string])[]): string {
  const width = Math.max(...fields.map(([field]) => field.length))
  const lines = fields.map(([field, value]) => `  ${field.padEnd(width)} = ${value}`)
  return `resource "${type}" "${name}" {\n${lines.join('\n')}\n}\n`
}

function encoded(document: AwsPolicyDocument): string {
  return `jsonencode(${forTerraform(JSON.stringify(document, null, 2)).replaceAll('\n', '\n  ')})`
}

function quoted(text: string): string {
  return forTerraform(JSON.stringify(text))
}

/** `${` and `%{` begin a template in HCL. */
function forTerraform(json: string): string {
  return json.replaceAll(/[$%]\{/g, (mark) => `${mark[0]}${mark}`)
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? ''
}
