/** Several `NAME=VALUE` lines, as in a shell or an env file, pasted at once. */

/** Null if the text has no such lines and is therefore pasted unchanged. */
export function pastedLines(text: string): readonly (readonly [name: string, value: string])[] | null {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const said = lines.filter((line) => line !== '' && !line.startsWith('#'))
  const found = said.map((line) => /^(?:export\s+)?([A-Za-z_]\w*)=(.*)$/.exec(line))
  if (found.length === 0) return null
  const pairs = found.flatMap((match) => (match === null ? [] : [[match[1] ?? '', unquoted(match[2] ?? '')] as const]))
  return pairs.length === found.length ? pairs : null
}

function unquoted(value: string): string {
  return /^(["'])(.*)\1$/.exec(value)?.[2] ?? value
}
