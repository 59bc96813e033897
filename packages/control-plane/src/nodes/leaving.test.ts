/** A node that leaves, over a real socket; and nodes listed by state. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testClock } from '../testing/test-clock.ts'
import { testControlPlane, type TestControlPlane } from '../testing/test-control-plane.ts'
import { TestFleet, unique } from '../testing/test-fleet.ts'
import { testNode } from '../testing/test-node.ts'
import { workloadReport } from '../testing/test-node.ts'

describe('a node', () => {
  let fleet: TestFleet
  beforeAll(async () => {
    fleet = await TestFleet.start()
  })
  afterAll(() => fleet[Symbol.asyncDispose]())
  const leave = (node: Awaited<ReturnType<TestFleet['join']>>) =>
    node.send('POST', '/api/v1/nodes/me/leave', { body: {} })

  test('that left no longer counts as one, says why, and frees its name', async () => {
    const cloud = await fleet.makeCloud()
    const node = await fleet.join(cloud)
    const left = await leave(node)
    expect([left.status, left.text]).toEqual([204, ''])
    const { admin } = fleet.running
    const shown = (await admin.get(`/nodes/${node.id}`)).body.result
    expect(shown).toMatchObject({ state: 'revoked', revoked_because: 'left' })
    for (const again of [await leave(node), await node.report(), await node.openSession()]) {
      expect(again.body).toMatchObject({ code: 'NODE_FORGOTTEN', status: 403 })
    }
    expect((await fleet.join(cloud, { name: node.name })).id).not.toBe(node.id)
    const events = (await admin.get('/audit_events?act=node.leave')).body.results
    expect(events).toMatchObject([
      {
        resource_ids: [node.id],
        cloud_id: cloud.id,
        token_name: null,
        outcome: 'done',
        request_id: expect.any(String),
      },
    ])
  })

  test('that an admin revoked learns that it is revoked, and why', async () => {
    const node = await fleet.join(await fleet.makeCloud())
    const revoked = (await fleet.running.admin.post(`/nodes/${node.id}/revoke`)).body.result
    expect(revoked).toMatchObject({ state: 'revoked', revoked_because: 'admin' })
    expect((await leave(node)).body).toMatchObject({ code: 'NODE_REVOKED' })
  })

  test('does not leave a cluster that needs it, which would fail', async () => {
    const cloud = await fleet.makeCloud()
    const node = await fleet.join(cloud)
    await node.report()
    const build = await fleet.makeBuild(cloud.id)
    const [check] = (await node.desiredState()).state.checks
    const { build_id = '', attempt = 1 } = check ?? {}
    const done = { steps: [], problem: null, platform: null, size_bytes: null, status: 'succeeded' as const }
    const digest = `sha256:${'a'.repeat(64)}`
    await node.report({ checks: [{ build_id: build_id as never, attempt, digest, advice: [], ...done }] })
    const cluster = await fleet.startCluster(build.id, 0)
    await node.report({ workload: workloadReport({ cluster_id: cluster.id, phase: 'running' }) })
    expect((await leave(node)).body).toMatchObject({
      code: 'NODE_HOLDS_CLUSTER',
      detail: expect.stringContaining(cluster.name),
      fix: expect.stringContaining(`fairlead cluster terminate -n ${cluster.name}`),
    })
    expect((await fleet.clusterNow(cluster.id)).state).toBe('StartingUp')
  })
})

describe('a list of nodes', () => {
  const clock = testClock()
  let running: TestControlPlane
  let cloud: { id: string; provider: string }
  const join = (name: string) => testNode(running.plane.origin, running.admin, cloud, { name, clock: clock.now })
  const names = async (query: string): Promise<string[]> =>
    (await running.admin.get(`/nodes?${query}`)).body.results.map((node: { name: string }) => node.name)
  beforeAll(async () => {
    running = await testControlPlane({}, clock.now)
    cloud = (await running.admin.post('/clouds', { name: unique('cloud'), provider: 'local' })).body.result
    for (const name of ['lost-1', 'gone', 'lost-2']) {
      await join(name)
      clock.advance(1)
    }
    const { results } = (await running.admin.get('/nodes?name=gone')).body
    await running.admin.post(`/nodes/${results[0].id}/revoke`)
    clock.advance(91_000)
    await join('online')
  })
  afterAll(() => running[Symbol.asyncDispose]())

  test('can be filtered by state, page by page', async () => {
    expect(await names('')).toEqual(['online', 'lost-2', 'gone', 'lost-1'])
    expect(await names('state=online')).toEqual(['online'])
    expect(await names('state=lost')).toEqual(['lost-2', 'lost-1'])
    expect(await names('state=revoked')).toEqual(['gone'])
    expect(await names('state=lost&name_contains=2')).toEqual(['lost-2'])
    const first = (await running.admin.get('/nodes?state=lost&count=1')).body
    expect(first.results).toMatchObject([{ name: 'lost-2' }])
    expect(await names(`state=lost&count=1&paging_token=${first.metadata.next_paging_token}`)).toEqual(['lost-1'])
  })

  test('is rejected for an unknown state', async () => {
    expect((await running.admin.get('/nodes?state=away')).body).toMatchObject({ code: 'REQUEST_INVALID' })
  })
})
