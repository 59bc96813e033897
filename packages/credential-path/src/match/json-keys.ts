/** The keys of a JSON object as written, duplicates included; `JSON.parse` keeps only the last of each. */

const string = /"[^"\\]*(?:\\.[^"\\]*)*"/y
const colon = /[ \t\r\n]*:/y

/** `text` must already be known to be a JSON object: this only walks it. Keys are decoded, so `\u0075` counts as `u`. */
export function topLevelKeys(text: string): readonly string[] {
  const keys: string[] = []
  let depth = 0
  let at = 0
  while (at < text.length) {
    const char = text[at]
    if (char === '"') {
      string.lastIndex = at
      const found = string.exec(text)?.[0] ?? char
      at += found.length
      colon.lastIndex = at
      if (depth === 1 && colon.test(text)) keys.push(JSON.parse(found) as string)
      continue
    }
    if (char === '{' || char === '[') depth += 1
    if (char === '}' || char === ']') depth -= 1
    at += 1
  }
  return keys
}
