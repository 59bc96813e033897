/** From an order to a running container, with Fairlead and with a person's own commands; same image, same registry, same engine. */
import type { StepReport } from '@fairlead/contract/wire'
import { eventually, type Equipment } from '@fairlead/testkit'
import type { Benchmark, BenchOptions, BenchTable } from './benchmark.ts'
import { loginPullAndRun } from './lab/docker-by-hand.ts'
import { startControlPlane, type LabControlPlane } from './lab/control-plane.ts'
import { startedAt, watchContainers } from './lab/first-container.ts'
import { openLab, type Lab } from './lab/lab.ts'
import { findIgzip, machineWith, nameOf } from './lab/pulling-engine.ts'
import { measurePairs, wallTimes } from './pairs.ts'
import { usageOf } from './process-usage.ts'
import { stepSeries } from './step-series.ts'

const limitMs = 600_000

export const orderToRunning: Benchmark = {
  name: 'order-to-running',
  what: 'an order to Fairlead against docker login && docker pull && docker run, until the container runs; cold',
  async run(options, say) {
    const settings = { igzip: options.isal ? findIgzip() : null, unpacks: options.unpacks }
    await using lab = await openLab()
    await using controlPlane = await startControlPlane(lab)
    say(`image of ${(lab.image.bytes / 1e6).toFixed(0)} MB, registry with TLS and token login`)
    const tables: BenchTable[] = []
    for (const name of options.engines ?? (['debian'] as const)) {
      if (name === 'containerd') throw new Error('order-to-running needs a Docker')
      const shown = nameOf(name, settings)
      say(shown)
      tables.push(...(await compared(shown, await machineWith(name, settings), lab, controlPlane, options, say)))
    }
    return tables
  },
}

async function compared(
  engine: string,
  equipment: Equipment,
  lab: Lab,
  controlPlane: LabControlPlane,
  { pairs: count }: Pick<BenchOptions, 'pairs'>,
  say: (line: string) => void,
): Promise<readonly BenchTable[]> {
  const pairs = await measurePairs(
    count,
    () => throughFairlead(lab, controlPlane, equipment),
    () => byHand(lab, equipment),
    ({ ours, theirs }, number) => say(`pair ${number}: ${seconds(ours.wallMs)} against ${seconds(theirs.wallMs)}`),
  )
  const ours = pairs.map((pair) => pair.ours)
  const theirs = pairs.map((pair) => pair.theirs)
  return [
    {
      title: `${engine}, from the order to the running container`,
      series: wallTimes({ ours: 'Fairlead', theirs: 'docker login, pull, run' }, pairs),
    },
    {
      title: `${engine}, where the time goes`,
      series: [
        { name: 'Fairlead: order until the first step', unit: 'ms', values: ours.map(({ orderMs }) => orderMs) },
        ...stepSeries(ours.map(({ steps }) => steps)).map((one) => ({ ...one, name: `Fairlead: ${one.name}` })),
        { name: "Fairlead: agent's CPU time", unit: 'ms', values: ours.map(({ cpuMs }) => cpuMs) },
        { name: 'by hand: docker login', unit: 'ms', values: theirs.map(({ loginMs }) => loginMs) },
        { name: 'by hand: docker pull', unit: 'ms', values: theirs.map(({ pullMs }) => pullMs) },
        { name: 'by hand: docker run', unit: 'ms', values: theirs.map(({ runMs }) => runMs) },
      ],
    },
  ]
}

async function throughFairlead(
  lab: Lab,
  { client, join, newCluster }: LabControlPlane,
  equipment: Equipment = {},
  untilReady: (nodeId: string) => Promise<unknown> = () => Promise.resolve(),
) {
  await using node = await lab.newMachine(equipment)
  await using agent = await join(node.machine)
  await untilReady(agent.nodeId)
  const cluster = await newCluster()
  await lab.settle()
  const signal = AbortSignal.timeout(limitMs)
  const containers = await watchContainers(node.engine.socket, signal)
  const before = usageOf(agent.pid)
  const orderedAt = Date.now()
  await client.clusters.start(cluster, {}, { signal })
  const wallMs = (await containers.firstStart()) - orderedAt
  const cpuMs = usageOf(agent.pid).cpuMs - before.cpuMs
  const steps = await eventually(async () => stepsUntilStart((await client.clusters.get(cluster)).nodes[0]?.steps), {
    what: 'the node reports its start',
  })
  const orderMs = Date.parse(steps[0]?.started_at ?? '') - orderedAt
  // Removed before its machine, so that nothing waits for it.
  await client.nodes.revoke(agent.nodeId)
  return { wallMs, cpuMs, steps, orderMs }
}

export const prefetchedStart: Benchmark = {
  name: 'prefetched-start',
  what: 'an order for an image that its idle node has brought, until the container runs',
  async run({ pairs: count }, say) {
    await using lab = await openLab()
    await using controlPlane = await startControlPlane(lab, { prefetch: true })
    const hasPrefetched = async (nodeId: string) => {
      const { facts } = await controlPlane.client.nodes.get(nodeId)
      return facts?.prefetched?.length === 1 ? true : undefined
    }
    const runs = []
    for (let number = 1; number <= count; number += 1) {
      const what = 'the idle node has brought the image'
      const run = await throughFairlead(lab, controlPlane, {}, (nodeId) =>
        eventually(() => hasPrefetched(nodeId), { what, timeoutMs: limitMs }),
      )
      say(`start ${number}: ${seconds(run.wallMs)}`)
      runs.push(run)
    }
    return [
      {
        title: 'from the order to the running container',
        series: [
          { name: 'Fairlead, image prefetched', unit: 'ms', values: runs.map(({ wallMs }) => wallMs) },
          { name: 'order until the first step', unit: 'ms', values: runs.map(({ orderMs }) => orderMs) },
          ...stepSeries(runs.map(({ steps }) => steps)),
        ],
      },
    ]
  },
}

async function byHand(lab: Lab, equipment: Equipment) {
  await using alone = await lab.newMachine(equipment)
  await lab.settle()
  const typed = await loginPullAndRun(alone.machine, lab)
  const runsAt = await startedAt(alone.engine.socket, typed.container, AbortSignal.timeout(limitMs))
  return { ...typed, runMs: runsAt - typed.pulledAt, wallMs: runsAt - typed.typedAt }
}

/** Everything after this is Ray's own time. */
function stepsUntilStart(steps: readonly StepReport[] = []): readonly StepReport[] | undefined {
  const start = steps.findIndex(({ step, status }) => step === 'start' && status === 'done')
  return start === -1 ? undefined : steps.slice(0, start + 1)
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`
