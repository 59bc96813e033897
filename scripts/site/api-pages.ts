/** The API and its types, from the OpenAPI document of this version. */
import { documentOfThisVersion } from '../../packages/control-plane/src/openapi/document-of-this-version.ts'
import { cell, table, typeText, type JsonSchema } from './schema-text.ts'

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required: boolean
  readonly description?: string
  readonly schema: JsonSchema
}

interface Answer {
  readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>>
  readonly 'x-problem-codes'?: readonly string[]
}

interface Operation {
  readonly tags: readonly string[]
  readonly summary: string
  readonly description?: string
  readonly parameters: readonly Parameter[]
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: JsonSchema; readonly example?: unknown }>>
  }
  readonly responses: Readonly<Record<string, Answer>>
}

interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> }
}

const apiDocument = () => documentOfThisVersion() as unknown as ApiDocument

export function apiPage(): string {
  const { paths } = apiDocument()
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ title: `${method.toUpperCase()} ${path}`, operation })),
  )
  const sections = Map.groupBy(all, ({ operation }) => operation.tags[0] ?? '')
  return [
    '# The API',
    '',
    'HTTP with JSON, described by the OpenAPI document at `/api/v1/openapi.json` of each control plane. Send `Authorization: Bearer TOKEN`. Every error is a problem document (RFC 9457) with one of the [problem codes](/problems.md). [Who may call what](/api-access.md) has one row for each route.',
    ...[...sections].map(
      ([tag, found]) => `\n## ${tag}\n\n${found.map(({ title, operation }) => section(title, operation)).join('\n\n')}`,
    ),
    '',
  ].join('\n')
}

function section(title: string, { summary, description, parameters, requestBody, responses }: Operation): string {
  const body = requestBody?.content['application/json']
  const [, answer] = Object.entries(responses).find(([status]) => status.startsWith('2')) ?? []
  const answered = Object.values(answer?.content ?? {})[0]?.schema
  const codes = [...new Set(Object.values(responses).flatMap((one) => one['x-problem-codes'] ?? []))]
  return [
    `### ${title}`,
    `${cell(summary)}.${description === undefined ? '' : ` ${description}`}`,
    parameters.length === 0
      ? null
      : table(
          ['parameter', 'in', 'type', 'meaning'],
          parameters.map((one) => [
            `\`${one.name}\`${one.required ? ' (required)' : ''}`,
            one.in,
            cell(typeText(one.schema, typeLink)),
            cell(one.description ?? ''),
          ]),
        ),
    body === undefined ? null : `Body: ${typeText(body.schema, typeLink)}`,
    body?.example === undefined ? null : `\`\`\`json\n${JSON.stringify(body.example, null, 2)}\n\`\`\``,
    answered === undefined ? null : `Answer: ${cell(typeText(answered, typeLink))}`,
    codes.length === 0
      ? null
      : `Problems: ${codes.map((code) => `[${code}](/problems.md#${code.toLowerCase()})`).join(', ')}`,
  ]
    .filter((part) => part !== null)
    .join('\n\n')
}

export function apiTypesPage(): string {
  const sections = Object.entries(apiDocument().components.schemas).map(([name, schema]) => {
    const rows = Object.entries(schema.properties ?? {}).map(([field, inner]) => [
      `\`${field}\`${schema.required?.includes(field) ? '' : ' (optional)'}`,
      cell(typeText(inner, typeLink)),
      cell(inner.description ?? ''),
    ])
    const form = rows.length === 0 ? cell(typeText(schema, typeLink)) : table(['field', 'type', 'meaning'], rows)
    return [`## ${name}`, ...(schema.description === undefined ? [] : [cell(schema.description)]), form].join('\n\n')
  })
  return `# Types of the API\n\n${sections.join('\n\n')}\n`
}

const typeLink = (name: string): string => `[${name}](/reference/api-types.md#${name.toLowerCase()})`
