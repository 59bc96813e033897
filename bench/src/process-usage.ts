/** What a process uses, as counted by the kernel. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

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
  const { own } = cpuTimesOf(pid)
  return {
    rssMib: mib(status, 'VmRSS'),
    pssMib: mib(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'), 'Pss'),
    peakMib: mib(status, 'VmHWM'),
    cpuMs: own,
  }
}

/** Of several processes together. */
export function usageOfAll(pids: readonly number[]): ProcessUsage {
  const usages = pids.map(usageOf)
  const sum = (field: keyof ProcessUsage) => usages.reduce((total, usage) => total + usage[field], 0)
  return { rssMib: sum('rssMib'), pssMib: sum('pssMib'), peakMib: sum('peakMib'), cpuMs: sum('cpuMs') }
}

/**
 * The processor time of a machine so far, by the first process of its namespace: of all its processes and of their children that have ended; and
 * that of all commands that this process has run. The difference between two such times, with no command running at either, is what was used there.
 */
export function cpuMsOn(holderPid: number): number {
  const namespace = readlinkSync(`/proc/${holderPid}/ns/pid`)
  const times = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && namespaceOf(name) === namespace)
    .map((name) => cpuTimesOf(Number(name)))
  return times.reduce((sum, { own, ended }) => sum + own + ended, cpuTimesOf(process.pid).ended)
}

/** Null: it has ended meanwhile. */
function namespaceOf(pid: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch {
    return null
  }
}

interface CpuTimes {
  readonly own: number
  /** Of its children that have ended. */
  readonly ended: number
}

function cpuTimesOf(pid: number): CpuTimes {
  // The name in parentheses may hold anything, so count fields from its end: the state comes first.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  const ms = (first: number): number => ((Number(fields[first]) + Number(fields[first + 1])) * 1000) / ticksPerSecond
  return { own: ms(11), ended: ms(13) }
}

function mib(text: string, field: string): number {
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]
  return kib === undefined ? Number.NaN : Number(kib) / 1024
}
