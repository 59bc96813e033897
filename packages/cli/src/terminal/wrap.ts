/** Our own text, broken between words if it would not fit the terminal. */
import type { Output } from '../context.ts'

/** How wide a line may be; without a terminal, the value of COLUMNS, or no limit. */
export function widthOf(output: Output, env: Readonly<Record<string, string | undefined>>): number {
  if (output.isTTY) return output.columns
  const columns = env['COLUMNS'] ?? ''
  return /^[1-9]\d{0,3}$/.test(columns) ? Number(columns) : Number.POSITIVE_INFINITY
}

/** A word that is longer than a line gets its own line. */
export function wrapped(text: string, width: number): string[] {
  if (text.length <= width) return [text]
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** Lines that were broken for a wide terminal are joined again, except for empty and indented ones. */
export function reflowed(text: string, width: number): string {
  if (text.split('\n').every((line) => line.length <= width)) return text
  const isProse = (line: string | undefined) => line !== undefined && /^\S/.test(line)
  const lines: string[] = []
  for (const line of text.split('\n')) {
    if (isProse(line) && isProse(lines.at(-1))) lines.push(`${lines.pop()} ${line}`)
    else lines.push(line)
  }
  return lines.flatMap((line) => (isProse(line) ? wrapped(line, width) : [line])).join('\n')
}
