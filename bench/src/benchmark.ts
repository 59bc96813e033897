/** A benchmark: a name, a sentence, and tables of what it measured. */
import type { DatabaseName } from './api-at-size/filled-database.ts'
import type { EngineName } from './lab/pulling-engine.ts'

export type Unit = 'ms' | 'MiB' | '%' | 'x' | '/s' | 'reports' | 'records' | 'nodes'

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
  /** How often two ways are measured side by side. */
  readonly pairs: number
  /** How often a short command is started. */
  readonly samples: number
  /** How many nodes the control plane has. */
  readonly agents: number
  /** Several share one PostgreSQL. */
  readonly replicas: number
  /** By nodes, a second. */
  readonly reports: number
  /** How much there is, as a part of a million pulls. */
  readonly scale: number
  /** Only requests with this text in their path; null: all. */
  readonly only: string | null
  /** Those whose lists are measured. */
  readonly databases: readonly DatabaseName[]
  /** How long an idle process is watched. */
  readonly seconds: number
  /** Those that are compared; null: those of the benchmark. */
  readonly engines: readonly EngineName[] | null
  /** Whether the registry of these pulls is far away. */
  readonly far: boolean
  /** Whether their image is nearly all one layer. */
  readonly oneLayer: boolean
  /** Whether engines that can use igzip have it. */
  readonly isal: boolean
  /** Layers that containerd unpacks at the same time. */
  readonly unpacks: number
}

export interface Benchmark {
  readonly name: string
  readonly what: string
  /** `say` reports progress: the next step takes a while. */
  readonly run: (options: BenchOptions, say: (line: string) => void) => Promise<readonly BenchTable[]>
}
