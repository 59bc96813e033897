/** The machine that was measured; without it no figure means anything. */
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

export interface Host {
  readonly cpu: string
  readonly cpus: number
  readonly memory_bytes: number
  readonly node: string
  /** What else was running at the start: the load averages of 1, 5 and 15 minutes. */
  readonly load: readonly number[]
}

export function describeHost(): Host {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cpus: availableParallelism(),
    memory_bytes: totalmem(),
    node: process.versions.node,
    load: loadavg().map((load) => Math.round(load * 10) / 10),
  }
}
