/** Prints the measurements and writes them as a document that contains every value. */
import type { BenchTable, Series, Unit } from './benchmark.ts'
import type { Host } from './host.ts'

const digits: Readonly<Record<Unit, number>> = {
  ms: 1,
  MiB: 1,
  '%': 2,
  x: 2,
  '/s': 0,
  reports: 0,
  records: 0,
  nodes: 0,
}

/** With fewer values, the slowest of a hundred is the slowest of all. */
const enoughForP99 = 100

export function formatTable({ title, series }: BenchTable): string {
  const rows = [['', 'median', 'p99', 'min', 'max', 'runs'], ...series.map(row)]
  return [title, ...inColumns(rows).map((line) => `  ${line}`)].join('\n')
}

/** Each row as a line: names, and numbers to the right of their columns. */
export function inColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0))) ?? []
  return rows.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  )
}

export function toDocument(host: Host, found: Readonly<Record<string, readonly BenchTable[]>>): string {
  const benchmarks = Object.entries(found).map(([name, tables]) => ({
    name,
    tables: tables.map(({ title, series }) => ({
      title,
      series: series.map((one) => ({ ...one, ...summarise(one.values) })),
    })),
  }))
  return `${JSON.stringify({ measured_at: new Date().toISOString(), host, benchmarks }, null, 2)}\n`
}

function row({ name, unit, values }: Series): string[] {
  const { median, p99, min, max } = summarise(values)
  const shown = [median, p99, min, max].map((value) => (value === null ? '' : `${value.toFixed(digits[unit])} ${unit}`))
  return [name, ...shown, String(values.length)]
}

interface Summary {
  readonly median: number
  /** Null: too few values. */
  readonly p99: number | null
  readonly min: number
  readonly max: number
}

function summarise(values: readonly number[]): Summary {
  const sorted = inOrder(values)
  const [min = Number.NaN, max = Number.NaN] = [sorted[0], sorted.at(-1)]
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? null
  return { median: median(values), p99: sorted.length < enoughForP99 ? null : p99, min, max }
}

const inOrder = (values: readonly number[]): number[] => values.toSorted((left, right) => left - right)

export function median(values: readonly number[]): number {
  const sorted = inOrder(values)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}
