/** What the overview counts, and for whom. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessWorld, type AccessWorld } from '../testing/access-world.ts'
import { testClock } from '../testing/test-clock.ts'
import { testControlPlane, type Caller } from '../testing/test-control-plane.ts'
import { facts, testNode } from '../testing/test-node.ts'

let world: AccessWorld

beforeAll(async () => {
  world = await accessWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const overviewFor = async (caller: Caller) => (await caller.get('/overview')).body.result
const as = async (token: object) => world.running.as((await world.make('/api_tokens', token)).token)
const inDays = (days: number) => new Date(Date.now() + days * 24 * 3_600_000).toISOString()
const nothing = { total: 0, newest: [] }

test('counts what the lists show, and says which steps are done', async () => {
  expect(await overviewFor(world.admin)).toMatchObject({
    control_plane: { certificate: null },
    running_clusters: 0,
    online_nodes: 1,
    cluster_environments: 1,
    attention: { ailing_clusters: nothing, lost_nodes: nothing, failed_environments: nothing, refused_pulls: 1 },
    done_steps: ['cloud', 'machine'],
    activity: { hours: [{ records: 1 }] },
  })
})

test('counts nothing of a cloud that a token does not reach', async () => {
  const limited = await as({ name: 'limited', role: 'admin', cloud_ids: [world.other.id] })
  expect(await overviewFor(limited)).toMatchObject({
    online_nodes: 0,
    cluster_environments: 0,
    attention: { refused_pulls: 0 },
    done_steps: ['cloud'],
    activity: { hours: [] },
  })
})

test('names the nodes on which pods wait for an image, until they no longer do', async () => {
  await using running = await testControlPlane()
  const { admin, plane } = running
  const cloud = (await admin.post('/clouds', { name: 'lab', provider: 'local' })).body.result
  const node = await testNode(plane.origin, admin, cloud, { name: 'n1' })
  const pod = { namespace: 'team', name: 'train-head', owner: null }
  const waiting = { pod, image: 'registry.example.com/app:1', since: '2026-11-30T10:00:00.000Z', code: null }
  await testNode(plane.origin, admin, cloud, { name: 'n2' })
  const waitedOn = async () => (await overviewFor(admin)).attention.waited_on_nodes
  const listed = async (query: string) =>
    (await admin.get(`/nodes?${query}&with_total=true`)).body as unknown as { results: { name: string }[] }
  expect(await waitedOn()).toEqual(nothing)
  await node.report({ node: { ...facts, waiting_pods: [waiting] } })
  expect(await waitedOn()).toMatchObject({ total: 1, newest: [{ name: 'n1' }] })
  expect(await listed('has_waiting_pods=true')).toMatchObject({ results: [{ name: 'n1' }], metadata: { total: 1 } })
  expect(await listed('has_waiting_pods=false&state=online')).toMatchObject({ results: [{ name: 'n2' }] })
  expect((await listed('has_waiting_pods=true&state=lost')).results).toEqual([])
  await node.report({ node: { ...facts, waiting_pods: [] } })
  expect(await waitedOn()).toEqual(nothing)
  expect((await listed('has_waiting_pods=true')).results).toEqual([])
})

test('shows only an administrator which tokens of administrators expire soon', async () => {
  for (const [name, days] of [['soon', 3] as const, ['later', 30] as const]) {
    await world.make('/api_tokens', { name, role: 'admin', expires_at: inDays(days) })
  }
  const expiring = async (caller: Caller) => (await overviewFor(caller)).attention.expiring_admin_tokens
  expect(await expiring(world.admin)).toMatchObject({ total: 1, newest: [{ name: 'soon' }] })
  for (const role of ['developer', 'viewer']) expect(await expiring(await as({ name: role, role }))).toEqual(nothing)
})

test('a node that went silent is lost, not online; of many, the newest are named', async () => {
  const clock = testClock()
  await using running = await testControlPlane({}, clock.now)
  const { admin, plane } = running
  const cloud = (await admin.post('/clouds', { name: 'lab', provider: 'local' })).body.result
  for (const name of ['n1', 'n2', 'n3', 'n4']) {
    await testNode(plane.origin, admin, cloud, { name })
    clock.advance(1)
  }
  clock.advance(91_000)
  await testNode(plane.origin, admin, cloud, { name: 'n5' })
  expect(await overviewFor(admin)).toMatchObject({
    online_nodes: 1,
    attention: { lost_nodes: { total: 4, newest: [{ name: 'n4' }, { name: 'n3' }, { name: 'n2' }] } },
  })
})
