/** Three replicas on one PostgreSQL act as one: a change at one reaches a node at another, and nothing is placed twice. */
import { setTimeout as sleep } from 'node:timers/promises'
import { startPostgres, type Postgres } from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { racePlacements, raceText } from './testing/placement-race.ts'
import type { Caller } from './testing/test-control-plane.ts'
import { testNode } from './testing/test-node.ts'
import { testReplicas } from './testing/test-replicas.ts'

/** `npx node scripts/race.ts` does 2,000 with a process for each replica. */
const placements = 240
const config_json = { docker_image: 'registry.example.com/app:1', ray_version: '2.55.1' }

let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

async function newCloud(admin: Caller): Promise<{ id: string; provider: string }> {
  const cloud = (await admin.post('/clouds', { name: 'c', provider: 'local' })).body.result
  await admin.post('/cluster_environments', { name: 'e', config_json })
  return cloud
}

test('a cluster started through one replica immediately reaches a node connected to another', async () => {
  await using replicas = await testReplicas(3, await postgres.createDatabase())
  const [admin, other] = replicas.admins as [Caller, Caller]
  const cloud = await newCloud(admin)
  const joined = await testNode(replicas.planes[0]?.origin ?? '', admin, cloud, { name: 'n' })
  const node = joined.at(replicas.planes[1]?.origin ?? '')
  await node.report()
  for (let round = 0; round < 60; round++) {
    const before = await node.desiredState()
    expect(before.state.workload).toBeNull()
    const waiting = node.desiredState({ wait: 30, etag: before.headers.get('etag') ?? '' })
    const made = await admin.post('/clusters', { name: `c${round}`, cluster_environment: 'e' })
    expect(made.status).toBe(201)
    expect((await admin.post(`/clusters/${made.body.result.id}/start`)).status).toBe(202)
    // Had nothing woken it, it would be told after 30 s that nothing changed.
    const answer = await waiting
    expect(answer.status).toBe(200)
    expect(answer.state.workload?.cluster_id).toBe(made.body.result.id)
    expect((await other.post(`/clusters/${made.body.result.id}/terminate`)).status).toBe(202)
    await node.report()
  }
})

test('a node revoked through one replica is cut off at all others', async () => {
  await using replicas = await testReplicas(3, await postgres.createDatabase())
  const [admin] = replicas.admins as [Caller]
  const cloud = await newCloud(admin)
  const joined = await testNode(replicas.planes[0]?.origin ?? '', admin, cloud, { name: 'n' })
  const views = replicas.planes.map(({ origin }) => joined.at(origin))
  for (const view of views) expect((await view.report()).status).toBe(200)
  const states = await Promise.all(views.map((view) => view.desiredState()))
  const hanging = views.map((view, index) =>
    view.desiredState({ wait: 30, etag: states[index]?.headers.get('etag') ?? '' }),
  )
  await sleep(100)
  expect((await admin.post(`/nodes/${joined.id}/revoke`)).status).toBe(200)
  const answers = await Promise.all(hanging)
  expect(answers.map(({ body }) => body.code)).toEqual(['NODE_REVOKED', 'NODE_REVOKED', 'NODE_REVOKED'])
  for (const view of views) expect((await view.report()).body.code).toBe('NODE_REVOKED')
})

test('a node heard by one replica is known to the others within ten seconds', async () => {
  await using replicas = await testReplicas(2, await postgres.createDatabase())
  const [admin, other] = replicas.admins as [Caller, Caller]
  const cloud = await newCloud(admin)
  const node = await testNode(replicas.planes[0]?.origin ?? '', admin, cloud, { name: 'n' })
  await node.report()
  await sleep(1500)
  // Only asks, which does not write anything.
  await node.desiredState()
  const asked = Date.now()
  const heard = async () => Date.parse((await other.get(`/nodes/${node.id}`)).body.result.last_heard_at)
  await expect.poll(heard, { timeout: 20_000, interval: 200 }).toBeGreaterThan(asked - 1000)
  expect(Date.now() - asked).toBeLessThan(12_000)
})

test(
  `${placements} placements that three replicas race for place nothing twice`,
  async () => {
    const url = await postgres.createDatabase()
    await using replicas = await testReplicas(3, url)
    const raced = await racePlacements({
      placements,
      admins: replicas.admins,
      origins: replicas.planes.map(({ origin }) => origin),
      ask: (sql) => postgres.query(new URL(url).pathname.slice(1), sql),
    })
    process.stdout.write(raceText(raced))
    expect(raced).toMatchObject({ placed: placements, twice: 0, torn: 0, refused: [] })
  },
  300_000 + placements * 200,
)
