/** A JSON schema in words, for the tables of the reference. Pure. */

export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly format?: string
  readonly default?: unknown
  readonly description?: string
}

/** `link` writes the name of another schema. */
export function typeText(schema: JsonSchema, link: (name: string) => string = (name) => name): string {
  const of = (inner: JsonSchema) => typeText(inner, link)
  if (schema.$ref !== undefined) return link(schema.$ref.split('/').at(-1) ?? '')
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ')
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) return [...new Set(choices.map(of))].join(' or ')
  if (schema.allOf !== undefined) return schema.allOf.map(of).join(' and ')
  if (Array.isArray(schema.type)) return schema.type.map((type) => of({ ...schema, type })).join(' or ')
  if (schema.type === 'array') return `list of ${schema.items === undefined ? 'anything' : of(schema.items)}`
  if (schema.type === 'object' && schema.properties === undefined) {
    const values = schema.additionalProperties
    return typeof values === 'object' ? `map of text to ${of(values)}` : 'map'
  }
  if (schema.format === 'date-time') return 'time'
  return (
    {
      string: 'text',
      integer: 'whole number',
      boolean: 'true or false',
      object: 'map',
      null: 'null',
      number: 'number',
    }[String(schema.type)] ?? 'anything'
  )
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

/** Text in a cell of a table. */
export const cell = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll(/<(?=[a-zA-Z/])/g, '&lt;')
