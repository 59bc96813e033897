/** Breaks text to fit a width, without a browser to measure it: uses the widths of the widest common fonts. Pure. */

export type Family = 'sans' | 'mono'

export interface Type {
  readonly size: number
  readonly family: Family
  readonly strong?: boolean
}

const monoWidth = 0.605
const widths: readonly (readonly [characters: RegExp, width: number])[] = [
  [/[ijl|'.,:;!]/, 0.32],
  [/[ frt()[\]\-/]/, 0.4],
  [/[mwMW@%…≠=+]/, 0.95],
  [/[A-Z]/, 0.7],
  [/[ -~’]/, 0.62],
]
const unknownWidth = 1.05
const thinnest = 0.3
const strongWidth = 1.1

export function widthOf(text: string, type: Type): number {
  let width = 0
  for (const character of text) width += characterWidth(character, type)
  return width
}

function characterWidth(character: string, { size, family, strong = false }: Type): number {
  if (family === 'mono') return size * (character <= '~' || character === '…' ? monoWidth : unknownWidth)
  const width = widths.find(([pattern]) => pattern.test(character))?.[1] ?? unknownWidth
  return size * width * (strong ? strongWidth : 1)
}

/** At most `lines` lines. Words stay whole where possible; names break anywhere, after a separator if one is near, and lose their middle. */
export function fitText(text: string, width: number, type: Type, lines: number): readonly string[] {
  const characters = Array.from(text)
  const broken = breakLines(characters, width, type)
  if (broken.length <= lines) return broken
  // The longest text that fits with its middle left out; more characters than this never do.
  const most = Math.ceil((lines * width) / (thinnest * type.size))
  for (let kept = Math.min(characters.length - 1, most); kept > 0; kept--) {
    const tail = type.family === 'sans' ? 0 : Math.floor(kept / 2)
    const cut = [...characters.slice(0, kept - tail), '…', ...(tail === 0 ? [] : characters.slice(-tail))]
    const again = breakLines(cut, width, type)
    if (again.length <= lines) return again
  }
  return ['…']
}

function breakLines(characters: readonly string[], width: number, type: Type): string[] {
  const lines: string[] = []
  let start = 0
  while (start < characters.length) {
    const end = fullLine(characters, start, width, type)
    const at = end < characters.length ? goodBreak(characters, start, end) : end
    lines.push(characters.slice(start, at).join('').trimEnd())
    start = at
    while (characters[start] === ' ') start++
  }
  return lines.length === 0 ? [''] : lines
}

/** Where the line that begins at `start` is full; it always has room for one character. */
function fullLine(characters: readonly string[], start: number, width: number, type: Type): number {
  let used = 0
  for (let at = start; at < characters.length; at++) {
    used += characterWidth(characters[at] ?? '', type)
    if (used > width && at > start) return at
  }
  return characters.length
}

/** Before a space; else after a separator in the second half of the line; else where the line is full. */
function goodBreak(characters: readonly string[], start: number, end: number): number {
  if (characters[end] === ' ') return end
  const space = characters.lastIndexOf(' ', end - 1)
  if (space > start) return space
  for (let at = end; at > (start + end) / 2; at--) if (/[/:@._-]/.test(characters[at - 1] ?? '')) return at
  return end
}
