/** A terminal recording as one SVG without a script: lines scroll up as they were printed. Pure. */
import type { Line, Style } from './printed-lines.ts'

const columns = 100
const rows = 30
const rowHeight = 18
const charWidth = 8.43
const padding = 16
const width = Math.ceil(columns * charWidth + 2 * padding)
const height = rows * rowHeight + 2 * padding

/** Waiting is cut short, and each line stays long enough to be read. */
const longestPause = 1.5
const shortestPause = 0.16
const afterParagraph = 0.6
const atTheEnd = 8
/** The first picture is not an empty terminal. */
const linesAtOnce = 22

const colours: Readonly<Record<Style, string>> = {
  plain: '#d6e2e6',
  bold: '#ffffff',
  dim: '#93a7ae',
  red: '#ff8f85',
  green: '#7ddc9a',
  cyan: '#6fcfe0',
}

export function recordingSvg(recorded: readonly Line[], title: string): string {
  const lines = recorded.flatMap(wrapped)
  const { times, total } = schedule(lines)
  const last = Math.max(0, lines.length - rows)
  const frames = times.map(
    (time, index) => `${percent(time / total)}%{transform:translateY(${(rows - index - 1) * rowHeight}px)}`,
  )
  const texts = lines.map(({ spans }, index) => {
    const parts = spans.map(({ text, style }) => `<tspan class="${style}">${escaped(text)}</tspan>`)
    return parts.length === 0 ? '' : `<text y="${(index + 1) * rowHeight - 4}">${parts.join('')}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<style>
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre}
${Object.entries(colours)
  .map(([style, colour]) => `.${style}{fill:${colour}${style === 'bold' ? ';font-weight:bold' : ''}}`)
  .join('\n')}
.roll{animation:roll ${total.toFixed(1)}s step-end infinite}
@keyframes roll{${frames.join('')}100%{transform:translateY(-${last * rowHeight}px)}}
@media (prefers-reduced-motion:reduce){.roll{animation:none;transform:translateY(-${last * rowHeight}px)}}
</style>
<rect width="100%" height="100%" rx="8" fill="#0d1b21"/>
<svg x="${padding}" y="${padding}" width="${width - 2 * padding}" height="${rows * rowHeight}"><g class="roll">
${texts.filter(Boolean).join('\n')}
</g></svg>
</svg>
`
}

/** When each line appears, from 0, and the length of the whole. */
export function schedule(lines: readonly Line[]): { readonly times: readonly number[]; readonly total: number } {
  let time = 0
  let before = lines[0]?.at ?? 0
  const times = lines.map(({ at, spans }, index) => {
    const least = spans.length === 0 ? afterParagraph : shortestPause
    if (index >= linesAtOnce) time += Math.min(longestPause, Math.max(least, at - before))
    before = at
    return time
  })
  return { times, total: time + atTheEnd }
}

/** A long line continues on the next row, as on a terminal. */
function wrapped({ at, spans }: Line): readonly Line[] {
  const made: Line['spans'][number][][] = [[]]
  let used = 0
  for (const { text, style } of spans) {
    let rest = text
    while (rest !== '') {
      if (used === columns) {
        made.push([])
        used = 0
      }
      const part = rest.slice(0, columns - used)
      made.at(-1)?.push({ text: part, style })
      used += part.length
      rest = rest.slice(part.length)
    }
  }
  return made.map((row) => ({ at, spans: row }))
}

const percent = (share: number): string => (share * 100).toFixed(3)

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
