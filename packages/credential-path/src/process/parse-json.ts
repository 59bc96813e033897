/** Reads JSON that others wrote. V8's message about a mistake quotes the text, which may hold a password or a token, so it ends here (S5). */

/** Undefined for anything else, and for bytes that are not UTF-8. */
export function parseJson(json: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof json === 'string' ? json : new TextDecoder('utf-8', { fatal: true }).decode(json))
  } catch {
    return undefined
  }
}

/** Null for anything but an object. */
export function parseJsonObject(json: string | Uint8Array): Record<string, unknown> | null {
  const value = parseJson(json)
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null
}
