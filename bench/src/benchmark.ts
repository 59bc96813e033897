/** What a benchmark is: a name, a sentence, and tables of what it measured. */

export type Unit = 'ms' | 'MiB' | '%' | 'x'

/** One line of a table: the same thing, measured several times. */
export interface Series {
  readonly name: string
  readonly unit: Unit
  readonly values: readonly number[]
}

export interface BenchTable {
  readonly title: string
  readonly series: readonly Series[]
}

export interface BenchOptions {
  /** How often two ways are measured beside each other. */
  readonly pairs: number
  /** How often a short command is started. */
  readonly samples: number
  /** How long a process at rest is watched. */
  readonly seconds: number
}

export interface Benchmark {
  readonly name: string
  readonly what: string
  /** `say` is for progress: what comes next takes a while. */
  readonly run: (options: BenchOptions, say: (line: string) => void) => Promise<readonly BenchTable[]>
}
