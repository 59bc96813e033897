/** What a structural Kubernetes schema does not allow in a value; unknown fields count, since the API server drops them. */

/** A type without more, or what is inside it. */
export type StructuralSchema =
  | string
  | {
      readonly type?: string
      readonly required?: readonly string[]
      readonly properties?: Readonly<Record<string, StructuralSchema>>
      readonly additionalProperties?: StructuralSchema
      readonly items?: StructuralSchema
    }

export function schemaFaults(value: unknown, schema: StructuralSchema, path = ''): string[] {
  const {
    type,
    required = [],
    properties = {},
    additionalProperties,
    items,
  } = typeof schema === 'string' ? { type: schema } : schema
  if (type !== undefined && typeOf(value) !== type) return [`${path}: not of type ${type}`]
  // A bare type marks where the schema was cut.
  if (typeof schema === 'string') return []
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => (items === undefined ? [] : schemaFaults(item, items, `${path}/${index}`)))
  }
  if (typeof value !== 'object' || value === null) return []
  const missing = required.filter((name) => !(name in value)).map((name) => `${path}/${name}: missing`)
  const inside = Object.entries(value).flatMap(([name, inner]) => {
    const known = properties[name] ?? additionalProperties
    return known === undefined ? [`${path}/${name}: unknown`] : schemaFaults(inner, known, `${path}/${name}`)
  })
  return [...missing, ...inside]
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}
