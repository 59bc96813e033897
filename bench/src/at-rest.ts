/** What processes use while they have nothing to do. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Series } from './benchmark.ts'
import type { ProcessUsage } from './process-usage.ts'

/** Memory is sampled every second; CPU time is taken over the whole period, since one second of it is below the kernel's resolution. */
export async function usageAtRest(name: string, usage: () => ProcessUsage, seconds: number): Promise<Series[]> {
  const taken = [usage()]
  const began = performance.now()
  for (let second = 0; second < seconds; second += 1) {
    await sleep(1000)
    taken.push(usage())
  }
  const cpuMs = (taken.at(-1)?.cpuMs ?? 0) - (taken[0]?.cpuMs ?? 0)
  return [
    { name: `${name}: RSS`, unit: 'MiB', values: taken.map(({ rssMib }) => rssMib) },
    { name: `${name}: PSS`, unit: 'MiB', values: taken.map(({ pssMib }) => pssMib) },
    { name: `${name}: most RSS so far`, unit: 'MiB', values: taken.slice(-1).map(({ peakMib }) => peakMib) },
    { name: `${name}: CPU, of one processor`, unit: '%', values: [(100 * cpuMs) / (performance.now() - began)] },
  ]
}
