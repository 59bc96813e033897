/** JSON in the single form of RFC 8785, for hashes: no whitespace, keys sorted by UTF-16 code units, ECMAScript's own numbers and escapes. */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject
/** An undefined member is omitted, as JSON does on the wire. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined
}

export function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map((item: JsonValue) => canonicalJson(item)).join(',')}]`
  if (typeof value === 'object' && value !== null) return canonicalObject(value as JsonObject)
  // RFC 8785, sections 3.2.2.2 and 3.2.2.3: data outside I-JSON has no canonical form.
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError('a number that is not finite has no JSON')
  if (typeof value === 'string' && !value.isWellFormed()) throw new TypeError('a lone surrogate has no canonical JSON')
  const text = JSON.stringify(value)
  if (text === undefined) throw new TypeError(`a value of type ${typeof value} has no JSON`)
  return text
}

function canonicalObject(value: JsonObject): string {
  const members = Object.keys(value)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .flatMap((key) => {
      const member = value[key]
      return member === undefined ? [] : `${canonicalJson(key)}:${canonicalJson(member)}`
    })
  return `{${members.join(',')}}`
}
