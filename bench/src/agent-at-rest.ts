/** What an idle agent uses before and after its first pull, and what the control plane uses next to it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { usageAtRest } from './at-rest.ts'
import type { Benchmark } from './benchmark.ts'
import { startControlPlane } from './lab/control-plane.ts'
import { openLab } from './lab/lab.ts'
import { usageOf } from './process-usage.ts'

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
      const both = { agent: agent.pid, 'control plane': controlPlane.pid }
      const taken = Object.entries(both).map(([name, pid]) => usageAtRest(name, () => usageOf(pid), seconds))
      return (await Promise.all(taken)).flat()
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
