/** How the API behaves after old pull records were removed: paging continues, a removed record says so, and references to it stay. */
import { newId, NodeId } from '@fairlead/contract/names'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startControlPlane, type ControlPlane } from '../main.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { testClock } from '../testing/test-clock.ts'
import { callerOf, type Caller } from '../testing/test-control-plane.ts'
import { testNode } from '../testing/test-node.ts'
import { testRecord } from '../testing/test-records.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const dir = tempDir()
const clock = testClock()
let plane: ControlPlane
let admin: Caller
let adminToken: string | null
let node: Awaited<ReturnType<typeof testNode>>
let buildId: string
let ids: string[]
let pageToken: string
let elsewhere: Caller

const start = async (days?: number) => {
  const listen = '127.0.0.1:0'
  const kept = days === undefined ? {} : { pullRetentionDays: days }
  plane = await startControlPlane({ listen, dataDir: dir.path, logLevel: 'silent', ...kept }, clock.now)
  adminToken ??= plane.adminToken
  admin = callerOf(plane.origin, adminToken)
}

beforeAll(async () => {
  adminToken = null
  await start()
  const cloud = (await admin.post('/clouds', { name: 'c', provider: 'local' })).body.result
  const other = (await admin.post('/clouds', { name: 'other', provider: 'local' })).body.result
  const config_json = { docker_image: 'registry.example.com/app:1', ray_version: '2.55.1' }
  const environment = await admin.post('/cluster_environments', { name: 'e', config_json, cloud_id: cloud.id })
  buildId = environment.body.result.latest_build.id
  node = await testNode(plane.origin, admin, cloud, { name: 'n', clock: clock.now })
  const report = async (count: number, previous: { sequence: number; hash: string }) => {
    const pulls = []
    for (let last = previous; pulls.length < count; last = pulls.at(-1) ?? last) {
      const part = { id: newId('pull', clock.now()), build_id: null, cluster_id: null }
      pulls.push(testRecord(NodeId.parse(node.id), last.sequence + 1, last.hash, part))
    }
    expect((await node.report({ pulls })).status).toBe(200)
    return pulls
  }
  const old = await report(4, { sequence: 0, hash: '0'.repeat(64) })
  clock.advance(10 * minuteMs)
  const young = await report(2, old.at(-1) ?? { sequence: 0, hash: '' })
  ids = [...old, ...young].map((record) => record.id)
  const page = await admin.get('/pulls?count=3')
  expect(page.body.results.map(({ id }: { id: string }) => id)).toEqual(ids.toReversed().slice(0, 3))
  pageToken = page.body.metadata.next_paging_token
  const limited = await admin.post('/api_tokens', { name: 't', role: 'viewer', cloud_ids: [other.id] })
  await plane.close()
  clock.advance(30 * dayMs - 5 * minuteMs)
  await start(30)
  elsewhere = callerOf(plane.origin, limited.body.result.token)
  await vi.waitFor(async () => expect((await admin.get('/pulls')).body.results).toHaveLength(2), { timeout: 10_000 })
})
afterAll(async () => {
  await plane.close()
  dir[Symbol.dispose]()
})

test('a page token whose record was removed ends the list there, without duplicates', async () => {
  const { status, body } = await admin.get(`/pulls?count=3&paging_token=${pageToken}`)
  expect({ status, results: body.results, next: body.metadata.next_paging_token }).toEqual({
    status: 200,
    results: [],
    next: null,
  })
  const listed = await admin.get(`/pulls?node_id=${node.id}`)
  expect(listed.body.results.map(({ id }: { id: string }) => id)).toEqual(ids.slice(4).toReversed())
  expect((await admin.get('/pulls?code=IMAGE_NOT_FOUND')).body.results).toHaveLength(2)
})

test('a removed record says so, with the time; one that never existed is not found', async () => {
  const gone = await admin.get(`/pulls/${ids[0]}`)
  expect(gone).toMatchObject({ status: 404, body: { code: 'PULL_REMOVED' } })
  expect(gone.body.detail).toBe(
    `there is no pull ${ids[0]} here; records that came until 2026-11-24T12:00:00.000Z were removed for their age`,
  )
  expect(await admin.get(`/pulls/${ids[5]}`)).toMatchObject({ status: 200 })
  for (const id of [newId('pull', clock.now()), newId('pull', Date.UTC(2026, 10, 24, 12) + 1), 'x']) {
    expect(await admin.get(`/pulls/${id}`), id).toMatchObject({ status: 404, body: { code: 'PULL_NOT_FOUND' } })
  }
  // For another cloud nothing is revealed, not even that something was removed.
  expect(await elsewhere.get(`/pulls/${ids[0]}`)).toMatchObject({ status: 404, body: { code: 'PULL_NOT_FOUND' } })
})

test('the node shows where its chain now begins, and the first remaining record continues it', async () => {
  const { body } = await admin.get(`/nodes/${node.id}`)
  const first = await admin.get(`/pulls/${ids[4]}`)
  expect(body.result).toMatchObject({
    pull_chain: 'intact',
    pull_checkpoint: {
      sequence: 4,
      hash: first.body.result.previous_hash,
      removed: 4,
      received_until: '2026-11-24T12:00:00.000Z',
      removed_at: new Date(clock.now()).toISOString(),
    },
  })
  expect((await admin.get('/nodes')).body.results[0].pull_checkpoint).toEqual(body.result.pull_checkpoint)
  expect(await admin.get(`/cluster_environment_builds/${buildId}`)).toMatchObject({ status: 200 })
})

test('metrics count removed records', async () => {
  expect((await admin.get('/-/metrics')).text).toMatch(/^fairlead_pull_records_removed_total 4$/m)
})
