/**
 * Whether a JSON document means the same to this agent and to an engine. Engines are written in Go, which ignores the case of keys (and
 * treats a long s as an s) and merges duplicate keys; a different reading could name other layers (S16, S17).
 */

/** Equal for keys that Go treats as the same. */
export const foldKey = (key: string): string => key.toUpperCase().toLowerCase()

interface Level {
  /** The keys so far, folded; null in a list. */
  readonly keys: Set<string> | null
  readonly isLookedAt: boolean
  /** The key whose value is being read. */
  key: string
}

/**
 * `json` must already be known to be JSON. Only the top level and what is under the keys of `decisive` are checked: elsewhere, such as in
 * annotations, a user's own keys may differ only in case.
 */
export function isUnambiguous(json: string, decisive: ReadonlySet<string>): boolean {
  const open: Level[] = []
  let at = 0
  while (at < json.length) {
    const char = json[at]
    const level = open.at(-1)
    if (char === '"') {
      const end = endOfText(json, at)
      if (level?.keys && level.isLookedAt && isKey(json, end)) {
        level.key = JSON.parse(json.slice(at, end)) as string
        const folded = foldKey(level.key)
        if (level.keys.has(folded)) return false
        level.keys.add(folded)
      }
      at = end
      continue
    }
    if (char === '{' || char === '[') {
      const isInside = level === undefined || level.keys === null || decisive.has(level.key)
      const isLookedAt = isInside && (level?.isLookedAt ?? true)
      open.push({ keys: char === '{' ? new Set() : null, isLookedAt, key: '' })
    }
    if (char === '}' || char === ']') open.pop()
    at += 1
  }
  return true
}

/** After the closing quote. */
function endOfText(json: string, start: number): number {
  let at = start + 1
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  return at + 1
}

/** In JSON, a string before a colon is a key, and no other string is. */
function isKey(json: string, end: number): boolean {
  let at = end
  while (json[at] === ' ' || json[at] === '\t' || json[at] === '\n' || json[at] === '\r') at += 1
  return json[at] === ':'
}
