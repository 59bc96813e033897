/** What an idle agent uses before and after its first pull, and what the control plane uses next to it. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Benchmark, Series } from './benchmark.ts'
import { startControlPlane } from './lab/control-plane.ts'
import { openLab } from './lab/lab.ts'
import { usageOf, type ProcessUsage } from './process-usage.ts'

const settleMs = 10_000
const timeoutSeconds = 600

export const agentAtRest: Benchmark = {
  name: 'agent-at-rest',
  what: 'memory and CPU time of an agent that has nothing to do, and of its control plane',
  async run({ seconds }, say) {
    await using lab = await openLab()
    await using controlPlane = await startControlPlane(lab)
    await using node = await lab.newMachine()
    await using agent = await controlPlane.join(node.machine)
    const atRest = async (what: string) => {
      say(`${what}: ${seconds} s`)
      await sleep(settleMs)
      return watch({ agent: agent.pid, 'control plane': controlPlane.pid }, seconds)
    }

    const joined = await atRest('an agent that joined and waits')
    // From the second start on, its code is already compiled.
    await agent.restart()
    const restarted = await atRest('the same after a restart')
    say('a cluster is started and terminated')
    const cluster = await controlPlane.newCluster()
    await controlPlane.client.clusters.start(cluster)
    await controlPlane.client.waitForCluster(cluster, 'Running', { timeoutSeconds })
    const running = await atRest('its container runs')
    await controlPlane.client.clusters.terminate(cluster)
    await controlPlane.client.waitForCluster(cluster, 'Terminated', { timeoutSeconds })
    const after = await atRest('the agent waits again')
    return [
      { title: 'joined, first start', series: joined },
      { title: 'started again, before any pull', series: restarted },
      { title: 'with one cluster running', series: running },
      { title: 'idle again, after a pull and a cluster', series: after },
    ]
  },
}

/** Memory is sampled every second; CPU time is taken over the whole period, since one second of it is below the kernel's resolution. */
async function watch(processes: Readonly<Record<string, number>>, seconds: number): Promise<Series[]> {
  const samples = new Map<string, ProcessUsage[]>(Object.keys(processes).map((name) => [name, []]))
  const began = performance.now()
  for (let second = 0; second <= seconds; second += 1) {
    if (second > 0) await sleep(1000)
    for (const [name, pid] of Object.entries(processes)) samples.get(name)?.push(usageOf(pid))
  }
  const tookMs = performance.now() - began
  return [...samples].flatMap(([name, taken]) => seriesOf(name, taken, tookMs))
}

function seriesOf(name: string, taken: readonly ProcessUsage[], tookMs: number): Series[] {
  const cpuMs = (taken.at(-1)?.cpuMs ?? 0) - (taken[0]?.cpuMs ?? 0)
  return [
    { name: `${name}: RSS`, unit: 'MiB', values: taken.map(({ rssMib }) => rssMib) },
    { name: `${name}: PSS`, unit: 'MiB', values: taken.map(({ pssMib }) => pssMib) },
    { name: `${name}: most RSS so far`, unit: 'MiB', values: taken.slice(-1).map(({ peakMib }) => peakMib) },
    { name: `${name}: CPU`, unit: '%', values: [(100 * cpuMs) / tookMs] },
  ]
}
