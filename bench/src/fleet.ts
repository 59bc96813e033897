/** A fleet on one control plane, over TLS and with the agent's own channel: at rest, given orders, started, reporting, and after a kill. */
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { FairleadClient } from '@fairlead/sdk'
import { createNetwork, startFairleadServe, startReplicas, type FairleadServe } from '@fairlead/testkit'
import { usageAtRest } from './at-rest.ts'
import type { BenchTable, Benchmark, Series } from './benchmark.ts'
import { instant } from './fleet/calls.ts'
import { startNodes, type PlayedNodes } from './fleet/nodes.ts'
import { trust } from './lab/control-plane.ts'
import { limitProcessor } from './lab/processor-limit.ts'
import { usageOfAll, type ProcessUsage } from './process-usage.ts'

const ordersOfOne = 50
const largeCluster = 1_000
const steadySeconds = 20
const warmUpSeconds = 3
const timeoutSeconds = 300
/** How long a benchmark waits for the last node after a kill. */
const returnSeconds = 90

export const fleet: Benchmark = {
  name: 'fleet',
  what: 'a control plane with thousands of nodes: at rest, orders, a large start, reports, lists, and after a kill',
  async run({ agents, seconds, replicas, reports }, say) {
    await using network = await createNetwork()
    const listen = `${network.hostAddress}:0`
    await using serve = await (replicas === 1
      ? startFairleadServe({ listen })
      : startReplicas({ listen, count: replicas, fsync: true }))
    await using nodes = startNodes()
    const world = await join(serve, nodes, agents, say)
    const usage = (): ProcessUsage => usageOfAll(serve.pids)

    say(`${agents} nodes at rest: ${seconds} s`)
    // The first reports of all nodes, and their first polls, are over.
    await sleep(20_000)
    const rest = await usageAtRest('control plane', usage, seconds)

    say(`${ordersOfOne} clusters of one node are started, one after another`)
    const single = await orders(world, nodes, ordersOfOne, 0)
    const workers = Math.min(largeCluster, agents - ordersOfOne) - 1
    say(`a cluster of ${workers + 1} nodes is started`)
    const large = await largeStart(world, nodes, usage, workers)
    say('the same again: V8 has compiled by then what both sides need for it')
    const again = await largeStart(world, nodes, usage, workers)
    const perSecond = Math.min(reports, agents)
    say(`${perSecond} reports a second, and 50 lists a second beside them, for ${steadySeconds} s`)
    const steady = await underReports(world, nodes, usage, perSecond)
    const back: Series[] = []
    for (const cores of replicas === 1 ? [null, 0.4] : [null]) {
      say(cores === null ? 'the control plane is killed' : `the same with ${cores} of a processor`)
      back.push(...(await afterKill(serve, nodes, cores)))
    }
    return [
      { title: `${agents} nodes at rest${replicas === 1 ? '' : `, ${replicas} replicas together`}`, series: rest },
      { title: 'orders', series: [...single, ...large.orders] },
      { title: `a start of ${workers + 1} nodes`, series: large.start },
      { title: 'the same again', series: [...again.orders, ...again.start] },
      { title: 'reports and lists', series: steady },
      { title: 'after kill -9', series: back },
    ] satisfies BenchTable[]
  },
}

interface World {
  readonly client: FairleadClient
  readonly buildId: string
  readonly cloudId: string
}

async function join(
  serve: FairleadServe,
  nodes: PlayedNodes,
  agents: number,
  say: (line: string) => void,
): Promise<World> {
  await trust(serve.caFile)
  const client = new FairleadClient({ host: serve.origin, token: serve.adminToken })
  const cloud = await client.clouds.create({ name: 'fleet', provider: 'local' })
  const settings = {
    origin: serve.origin,
    caPem: serve.caFile === null ? null : await readFile(serve.caFile, 'utf8'),
    cloudId: cloud.id,
  }
  say(`${agents} nodes join`)
  const atOnce = 20
  for (let first = 0; first < agents; first += atOnce) {
    const names = Array.from({ length: Math.min(atOnce, agents - first) }, (_, index) => `node-${first + index}`)
    const tickets = await Promise.all(
      names.map(async (name) => ({ name, joinToken: (await client.clouds.createJoinToken(cloud.id)).token })),
    )
    await nodes.join(settings, tickets)
  }
  await nodes.run()
  const build = await client.buildClusterEnvironment(
    {
      name: 'ray',
      cloud_id: cloud.id,
      config_json: { docker_image: 'registry.example.com/team/ray:1', ray_version: '2.55.1', env_vars: {} },
    },
    { requireCheck: true, timeoutSeconds },
  )
  return { client, buildId: build.id, cloudId: cloud.id }
}

let clusters = 0

async function newCluster({ client, buildId, cloudId }: World, workers: number): Promise<string> {
  clusters += 1
  const name = `cluster-${clusters}`
  const made = await client.clusters.create({
    name,
    cluster_environment_build_id: buildId,
    cloud_id: cloudId,
    worker_count: workers,
  })
  return made.id
}

async function orders(world: World, nodes: PlayedNodes, count: number, workers: number): Promise<Series[]> {
  await nodes.takeOrders()
  const latencies: number[] = []
  for (let number = 0; number < count; number += 1) {
    const cluster = await newCluster(world, workers)
    const asked = instant()
    await world.client.clusters.start(cluster)
    latencies.push(...(await receivedBy(nodes, cluster, workers + 1)).map((at) => at - asked))
  }
  return [{ name: 'order of one node, at its agent', unit: 'ms', values: latencies }]
}

async function receivedBy(nodes: PlayedNodes, cluster: string, count: number): Promise<number[]> {
  const received: number[] = []
  const until = performance.now() + timeoutSeconds * 1000
  while (received.length < count && performance.now() < until) {
    await sleep(50)
    const orders = await nodes.takeOrders()
    received.push(...orders.filter(({ clusterId }) => clusterId === cluster).map(({ at }) => at))
  }
  return received
}

async function largeStart(
  world: World,
  nodes: PlayedNodes,
  usage: () => { cpuMs: number },
  workers: number,
): Promise<{ orders: Series[]; start: Series[] }> {
  const cluster = await newCluster(world, workers)
  await nodes.takeReports()
  const [asked, before] = [instant(), usage().cpuMs]
  await world.client.clusters.start(cluster)
  // The head resolves the digest before the workers get their orders.
  const received = receivedBy(nodes, cluster, workers + 1)
  await world.client.waitForCluster(cluster, 'Running', { timeoutSeconds })
  const [runningMs, cpuMs] = [instant() - asked, usage().cpuMs - before]
  const latencies = (await received).map((at) => at - asked)
  const reports = await nodes.takeReports()
  const [ended, used] = [instant(), usage().cpuMs]
  await world.client.clusters.terminate(cluster)
  await world.client.waitForCluster(cluster, 'Terminated', { timeoutSeconds })
  const terminated = instant()
  const records = await world.client.pulls.list({ cluster_id: cluster, with_total: true }).page()
  return {
    orders: [{ name: `order of ${workers + 1} nodes, at each agent`, unit: 'ms', values: latencies }],
    start: [
      { name: 'started', unit: 'ms', values: [runningMs] },
      { name: 'CPU of the control plane', unit: 'ms', values: [cpuMs] },
      { name: 'a report until it was taken', unit: 'ms', values: reports.durationsMs },
      { name: 'reports that failed', unit: 'reports', values: [reports.failed] },
      { name: 'pull records', unit: 'records', values: [records.metadata.total ?? 0] },
      { name: 'terminated', unit: 'ms', values: [terminated - ended] },
      { name: 'CPU of the control plane', unit: 'ms', values: [usage().cpuMs - used] },
    ],
  }
}

async function underReports(
  { client }: World,
  nodes: PlayedNodes,
  usage: () => { cpuMs: number },
  perSecond: number,
): Promise<Series[]> {
  // Each node opens its second connection.
  await nodes.reportSteadily(perSecond, warmUpSeconds)
  const [began, before] = [performance.now(), usage().cpuMs]
  const reported = nodes.reportSteadily(perSecond, steadySeconds)
  const pages: Promise<number>[] = []
  for (let number = 0; number < steadySeconds * 50; number += 1) {
    const restMs = began + number * 20 - performance.now()
    if (restMs > 1) await sleep(restMs)
    pages.push(timed(() => client.nodes.list().page()))
  }
  const lists = await Promise.all(pages)
  const { durationsMs, failed } = await reported
  const seconds = (performance.now() - began) / 1000
  return [
    { name: 'a report until it was taken', unit: 'ms', values: durationsMs },
    { name: 'reports taken', unit: '/s', values: [durationsMs.length / seconds] },
    { name: 'reports that failed', unit: 'reports', values: [failed] },
    { name: 'a page of 100 nodes', unit: 'ms', values: lists },
    { name: 'CPU, of one processor', unit: '%', values: [(usage().cpuMs - before) / seconds / 10] },
  ]
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** A killed process answers no more, but what it sent may still be read. The first of several replicas answers before the last one listens. */
const onTheWayMs = 300

/** From the kill until every node had an answer again. */
async function afterKill(serve: FairleadServe, nodes: PlayedNodes, cores: number | null): Promise<Series[]> {
  const killed = instant()
  serve.kill('SIGKILL')
  await serve.restart()
  const listening = instant()
  await using limit = cores === null ? null : await limitProcessor(serve.pid, cores)
  const before = usageOfAll(serve.pids).cpuMs
  const until = performance.now() + returnSeconds * 1000
  let missing = Infinity
  while (missing > 0 && performance.now() < until) {
    await sleep(100)
    const { nodes: all, answered } = await nodes.answeredSince(killed + onTheWayMs)
    missing = all - answered
  }
  const named = cores === null ? '' : ` with ${cores} of a processor`
  const series: Series[] = [
    { name: `listening again${named}`, unit: 'ms', values: [listening - killed] },
    { name: `every node answered${named}`, unit: 'ms', values: [instant() - killed] },
    { name: `nodes without an answer by then${named}`, unit: 'nodes', values: [missing] },
    { name: `CPU of the control plane${named}`, unit: 'ms', values: [usageOfAll(serve.pids).cpuMs - before] },
  ]
  if (limit !== null) serve.kill('SIGKILL')
  return series
}
