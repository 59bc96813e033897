/** Prints a canary proof as a table. Findings are reported by name and form, never by value. */
import { rowHolds, type CanaryRow } from './canary-row.ts'

export function canaryTable(rows: readonly CanaryRow[], { color }: { color: boolean }): string {
  const paint = (code: number, text: string): string => (color ? `\u001B[${code}m${text}\u001B[0m` : text)
  const cells = rows.map((row) => [
    row.place,
    row.searched,
    `${row.control.found ? 'found' : 'NOT FOUND'}: ${row.control.what}`,
    shown(row.findings),
  ])
  const heading = ['place', 'searched', 'positive control', 'secrets']
  const widths = heading.map((title, at) => Math.max(title.length, ...cells.map((row) => row[at]?.length ?? 0)))
  const line = (mark: string, row: readonly string[]): string =>
    `${mark} ${row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join('  ')}`
  return [
    paint(1, line(' ', heading)),
    ...rows.map((row, at) => {
      const holds = rowHolds(row)
      return paint(holds ? 32 : 31, line(holds ? '✓' : '✗', cells[at] ?? []))
    }),
    '',
  ].join('\n')
}

function shown(findings: CanaryRow['findings']): string {
  if (findings === 'belong there') return findings
  return findings.length === 0 ? 'none' : findings.map(({ form, place }) => `${form} in ${place}`).join('; ')
}
