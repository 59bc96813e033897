/** The two files that people write: a cluster environment, and the node owner's file. Each field with the sentence above it in its schema. */
import { EnvironmentConfig } from '../../packages/contract/src/wire/index.ts'
import { NodePolicy } from '../../packages/credential-path/src/policy/node-policy.ts'
import { fieldsOf } from '../reference/doc-comments.ts'
import { textOf } from '../rules/repository-texts.ts'
import { cell, table, typeText, type JsonSchema } from './schema-text.ts'

export function clusterEnvironmentPage(): string {
  return [
    '# The cluster environment file',
    '',
    'The YAML that `fairlead cluster-env build` reads. `fairlead cluster-env lint FILE` checks it without a control plane.',
    '',
    '```yaml',
    'docker_image: example.jfrog.io/team/my-image:tag',
    'ray_version: 2.55.1',
    'env_vars:',
    '  MY_VAR: value',
    'registry_login_secret: team/registry-login',
    '```',
    '',
    fieldTable('packages/contract/src/wire/cluster-environment.ts', 'EnvironmentConfig', EnvironmentConfig),
    '',
    'There are no other fields: a username, a password or a token in this file is refused before anything is sent.',
    '',
  ].join('\n')
}

export function ownersFilePage(): string {
  return [
    "# The node owner's file",
    '',
    '`/etc/fairlead/policy.yaml` on a node. Only the node’s owner writes it; the control plane cannot change it. Every field is optional. [Nodes](/nodes.md#the-nodes-own-file) explains when to use which.',
    '',
    fieldTable('packages/credential-path/src/policy/node-policy.ts', 'NodePolicy', NodePolicy),
    '',
  ].join('\n')
}

function fieldTable(path: string, name: string, schema: typeof EnvironmentConfig | typeof NodePolicy): string {
  const form = schema.toJSONSchema({ io: 'input', unrepresentable: 'any' }) as JsonSchema
  const rows = fieldsOf(textOf(path), name).map((field) => {
    const found = at(form, field.name)
    const inner = found.schema.properties !== undefined
    const standard = inner || found.schema.default === undefined ? '' : `\`${JSON.stringify(found.schema.default)}\``
    const required = found.isRequired ? 'required' : standard
    return [`\`${field.name}\``, cell(typeText(found.schema)), required, cell(field.comment ?? '')]
  })
  return table(['field', 'type', 'default', 'meaning'], rows)
}

function at(form: JsonSchema, path: string): { schema: JsonSchema; isRequired: boolean } {
  return path.split('.').reduce<{ schema: JsonSchema; isRequired: boolean }>(
    ({ schema }, name) => {
      const holder = schema.items ?? schema
      const found = holder.properties?.[name] ?? schema.items?.properties?.[name]
      if (found === undefined) throw new Error(`the schema has no field ${path}`)
      return { schema: found, isRequired: holder.required?.includes(name) ?? false }
    },
    { schema: form, isRequired: false },
  )
}
