/** Users race through several replicas for too few nodes: each starts a cluster, sees it reach a node, and terminates it. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Caller } from './test-control-plane.ts'
import { testNode, type TestNode } from './test-node.ts'

export interface PlacementRace {
  readonly placements: number
  /** The replicas, or the proxies in front of them. */
  readonly origins: readonly string[]
  /** One per origin. */
  readonly admins: readonly Caller[]
  /** A row from its PostgreSQL, as printed by psql. */
  readonly ask: (sql: string) => Promise<string>
}

export interface PlacementRaceResult {
  readonly seconds: number
  readonly placed: number
  /** Pairs of placements that had the same node at the same time. */
  readonly twice: number
  /** Clusters with a different number of nodes than they requested. */
  readonly torn: number
  /** Unexpected answers. */
  readonly refused: readonly string[]
}

const users = 18
const nodes = 12

export async function racePlacements({
  placements,
  origins,
  admins,
  ask,
}: PlacementRace): Promise<PlacementRaceResult> {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(Math.random() * items.length)] as Item
  const refused: string[] = []
  /** Asks again on 503, as its fix says: on a busy host a replica may wait too long for its turn at the database. */
  const must = async (status: number, ask: (headers: Record<string, string>) => ReturnType<Caller['post']>) => {
    const headers = { 'idempotency-key': randomUUID() }
    let got = await ask(headers)
    for (; got.status === 503; got = await ask(headers)) await sleep(100)
    if (got.status !== status) refused.push(got.text)
    return got.status === status ? got : null
  }

  const admin = pick(admins)
  const cloud = (await admin.post('/clouds', { name: 'c', provider: 'local' })).body.result
  const config_json = { docker_image: 'registry.example.com/app:1', ray_version: '2.55.1' }
  await admin.post('/cluster_environments', { name: 'e', config_json })
  const joined = await Promise.all(
    Array.from({ length: nodes }, (_, index) => testNode(pick(origins), admin, cloud, { name: `n${index}` })),
  )
  for (const node of joined) await must(200, () => node.report())

  let begun = 0
  const ended = new AbortController()
  /** The clusters that were given to a node. */
  const reached = new Set<string>()
  const user = async () => {
    while (begun < placements) {
      const body = { name: `c${begun++}`, cluster_environment: 'e' }
      const made = await must(201, (headers) => pick(admins).post('/clusters', body, headers))
      const id: string | undefined = made?.body.result.id
      if (id === undefined) continue
      const order = (act: string) =>
        must(202, (headers) => pick(admins).post(`/clusters/${id}/${act}`, undefined, headers))
      if ((await order('start')) === null) continue
      while (!reached.has(id)) await sleep(20)
      await order('terminate')
    }
  }
  /** Polls one replica and reports to another: without a workload, it has released whatever it had. */
  const work = async (node: TestNode) => {
    const views = origins.map((origin) => node.at(origin))
    for (let etag = ''; !ended.signal.aborted;) {
      const asked = await pick(views).desiredState({ wait: 3, ...(etag !== '' && { etag }) })
      if (asked.status === 503) continue
      if (asked.status >= 400) refused.push(asked.text)
      if (asked.status === 200) etag = asked.headers.get('etag') ?? ''
      const { workload } = asked.state ?? { workload: null }
      if (workload === null) await must(200, () => pick(views).report())
      else reached.add(workload.cluster_id)
    }
  }
  const started = performance.now()
  const working = joined.map(work)
  try {
    await Promise.all(Array.from({ length: users }, user))
  } finally {
    ended.abort()
  }
  const seconds = (performance.now() - started) / 1000
  await Promise.all(working)

  const count = async (sql: string) => Number(await ask(`select count(*) from ${sql}`))
  return {
    seconds,
    placed: await count('cluster_members'),
    twice: await count(`cluster_members a join cluster_members b using (node_id)
      where a.ctid < b.ctid and a.assigned_at < coalesce(b.released_at, 'z') and b.assigned_at < coalesce(a.released_at, 'z')`),
    torn: await count(`clusters c where c.worker_count + 1 <>
      (select count(*) from cluster_members m where m.cluster_id = c.id and m.generation = c.generation)`),
    refused,
  }
}

export function raceText({ seconds, placed, twice, torn }: PlacementRaceResult): string {
  const rate = Math.round(placed / seconds)
  return `${users} users raced for ${nodes} nodes: ${placed} placements in ${seconds.toFixed(1)} s (${rate}/s); a node twice at a time: ${twice}, clusters without one: ${torn}\n`
}
