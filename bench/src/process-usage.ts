/** What a process uses, as counted by the kernel. */
import { readFileSync } from 'node:fs'

export interface ProcessUsage {
  readonly rssMib: number
  /** Its own memory, and its share of the memory it shares with others. */
  readonly pssMib: number
  /** Its peak memory. */
  readonly peakMib: number
  /** User and system time of all its threads. */
  readonly cpuMs: number
}

// Linux uses this value on every architecture that Node supports.
const ticksPerSecond = 100

export function usageOf(pid: number): ProcessUsage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  // The name in parentheses may hold anything, so count fields from its end: the state comes first.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return {
    rssMib: mib(status, 'VmRSS'),
    pssMib: mib(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'), 'Pss'),
    peakMib: mib(status, 'VmHWM'),
    cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond,
  }
}

function mib(text: string, field: string): number {
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]
  return kib === undefined ? Number.NaN : Number(kib) / 1024
}
