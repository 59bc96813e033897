/** Columns, aligned. On a terminal, the widest shrink until a row fits; elsewhere nothing is cut. */
import { printable } from '@fairlead/contract/problems'
import type { Output } from '../context.ts'
import type { Paint } from './paint.ts'
import { wrapped } from './wrap.ts'

const gap = '  '
const narrowest = 8
const howToSeeWhole = 'Cut to fit this terminal; `| cat` or --json shows all of it.'

export interface Table {
  readonly headers: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export function formatTable(table: Table, output: Output, paint: Paint): string {
  const rows = table.rows.map((row) => row.map((cell) => printable(cell)))
  const widths = table.headers.map((header, column) =>
    Math.max(header.length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const whole = [...widths]
  if (output.isTTY) shrink(widths, output.columns)
  const line = (cells: readonly string[]) =>
    widths
      .map((width, column) => cut(cells[column] ?? '', width).padEnd(width))
      .join(gap)
      .trimEnd()
  const lines = [paint.dim(line(table.headers)), ...rows.map(line)]
  if (widths.some((width, column) => width !== whole[column]))
    lines.push(...wrapped(howToSeeWhole, output.columns).map((text) => paint.dim(text)))
  return lines.map((text) => `${text}\n`).join('')
}

function shrink(widths: number[], columns: number): void {
  const total = () => widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1)
  for (let excess = total() - columns; excess > 0; excess = total() - columns) {
    const widest = widths.indexOf(Math.max(...widths))
    const width = widths[widest] ?? 0
    if (width <= narrowest) return
    widths[widest] = Math.max(narrowest, width - 1)
  }
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`
}

/** `name  value` lines for one resource; null values are omitted. */
export function formatDetails(details: readonly (readonly [string, string | null])[], paint: Paint): string {
  const present = details.filter((entry): entry is readonly [string, string] => entry[1] !== null)
  const width = Math.max(0, ...present.map(([name]) => name.length))
  return present.map(([name, value]) => `  ${paint.dim(name.padEnd(width))}  ${printable(value)}\n`).join('')
}
