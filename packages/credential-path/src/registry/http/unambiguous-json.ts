/**
 * Whether a JSON document says the same to this agent and to an engine. Engines are written in Go, which takes keys without regard to
 * case (a long s is an s there) and merges a key that comes twice; what they would read another way could name other layers (S16, S17).
 */

/** Equal for keys that Go takes for one another. */
export const foldKey = (key: string): string => key.toUpperCase().toLowerCase()

interface Level {
  /** The keys so far, folded; null in a list. */
  readonly keys: Set<string> | null
  readonly isLookedAt: boolean
  /** The key whose value is read now. */
  key: string
}

/**
 * `json` must already be known as JSON. Looked at are its top and what stands under the keys of `decisive`: in all else, such as
 * annotations, a user's own keys may differ in case alone.
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

/** Behind the closing quote. */
function endOfText(json: string, start: number): number {
  let at = start + 1
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  return at + 1
}

/** In JSON a text before a colon is a key, and no other is. */
function isKey(json: string, end: number): boolean {
  let at = end
  while (json[at] === ' ' || json[at] === '\t' || json[at] === '\n' || json[at] === '\r') at += 1
  return json[at] === ':'
}
