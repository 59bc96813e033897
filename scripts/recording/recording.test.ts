import { describe, expect, test } from 'vitest'
import { linesOf } from './printed-lines.ts'
import { recordingSvg, schedule } from './recording-svg.ts'

const line = (at: number, text: string) => ({ at, spans: [{ text, style: 'plain' as const }] })

test('what the demo printed is read as lines, in the colours of its narrator', () => {
  const chunks = [
    { at: 1, text: 'you $ fairlead pulls list\nha' },
    { at: 2, text: 'lf\n  ✓ good\n  ✗ bad\nerror: it failed (CODE)\n\n── a. Title ──\n' },
  ]
  expect(linesOf(chunks).map(({ at, spans }) => [at, ...spans.map(({ text, style }) => `${style}:${text}`)])).toEqual([
    [1, 'cyan:you $', 'bold: fairlead pulls list'],
    [2, 'plain:half'],
    [2, 'green:  ✓ good'],
    [2, 'red:  ✗ bad'],
    [2, 'red:error:', 'plain: it failed (CODE)'],
    [2],
    [2, 'bold:── a. Title ──'],
  ])
})

describe('a recording', () => {
  test('has no long pause, and no line that is gone before it is read', () => {
    const { times } = schedule(Array.from({ length: 30 }, (_, index) => line(index < 25 ? 0 : 100, 'a')))
    expect(times[25]).toBeLessThan(5)
    expect(times[26]).toBeGreaterThan(times[25] ?? 0)
  })

  test('is an SVG without a script, in which text is text', () => {
    const svg = recordingSvg([line(0, '<script>alert("&")</script>')], 'A & b')
    expect(svg).toContain('&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;')
    expect(svg).not.toContain('<script')
    expect(svg).toContain('aria-label="A &amp; b"')
  })

  test('wraps a long line, and shows its end to a viewer who wants no motion', () => {
    const svg = recordingSvg(
      Array.from({ length: 40 }, (_, at) => line(at, 'x'.repeat(150))),
      'x',
    )
    expect(svg.match(/<text /g)).toHaveLength(80)
    expect(svg).toMatch(/reduce\)\{\.roll\{animation:none;transform:translateY\(-900px\)/)
  })
})
