/** The lines that the demo printed, with the time of each, in the colours that it uses on a terminal. Pure. */

export interface Chunk {
  /** Seconds since the start. */
  readonly at: number
  readonly text: string
}

export interface Span {
  readonly text: string
  readonly style: Style
}

export type Style = 'plain' | 'bold' | 'dim' | 'red' | 'green' | 'cyan'

export interface Line {
  readonly at: number
  readonly spans: readonly Span[]
}

export function linesOf(chunks: readonly Chunk[]): readonly Line[] {
  const lines: Line[] = []
  let open = ''
  for (const { at, text } of chunks) {
    const parts = `${open}${text}`.split('\n')
    open = parts.pop() ?? ''
    for (const part of parts) lines.push({ at, spans: paint(part) })
  }
  return lines
}

/** As the narrator of the demo and `fairlead` paint them. */
function paint(line: string): readonly Span[] {
  if (line === '') return []
  const [, prompt, command] = /^((?:you|laptop|node-\d) \$)( .*)$/.exec(line) ?? []
  if (prompt !== undefined && command !== undefined) {
    return [
      { text: prompt, style: 'cyan' },
      { text: command, style: 'bold' },
    ]
  }
  const [, word, rest = ''] = /^((?:error|fix|who):)( .*)$/.exec(line) ?? []
  if (word !== undefined) {
    return [
      { text: word, style: word === 'error:' ? 'red' : 'bold' },
      { text: rest, style: 'plain' },
    ]
  }
  return [{ text: line, style: styleOf(line) }]
}

function styleOf(line: string): Style {
  if (line.startsWith('── ')) return 'bold'
  if (/^ {2}(?:✗|!) /.test(line)) return 'red'
  if (/^ {2}✓ /.test(line)) return 'green'
  return line.startsWith('  ') ? 'dim' : 'plain'
}
