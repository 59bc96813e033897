/** The token that Ray requires in a cluster: who gets it, for how long, and where it must not appear. */
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databasePath } from '../store/data-dir.ts'
import { eventReader } from '../testing/event-reader.ts'
import { TestFleet } from '../testing/test-fleet.ts'
import { workloadReport, type TestNode } from '../testing/test-node.ts'

let fleet: TestFleet
beforeAll(async () => {
  fleet = await TestFleet.start()
})
afterAll(() => fleet[Symbol.asyncDispose]())

const running = (cluster_id: string, generation = 1) => ({
  workload: workloadReport({
    cluster_id: cluster_id as never,
    generation,
    phase: 'running',
    head_address: '10.0.0.1:6379',
    dashboard_address: '127.0.0.1:8265',
    alive_nodes: 1,
  }),
})

async function runningCluster(config: object = {}) {
  const cloud = await fleet.makeCloud()
  const node = await fleet.join(cloud)
  await node.report()
  const cluster = await fleet.startCluster((await fleet.makeBuild(cloud.id, config)).id, 0)
  const token = await orderedToken(node)
  await node.report(running(cluster.id))
  return { cloud, node, cluster, token }
}

async function orderedToken(node: TestNode): Promise<string | undefined> {
  const { workload } = (await node.desiredState()).state
  expect(workload).not.toBeNull()
  return workload?.ray_token
}

describe('the token of a cluster', () => {
  test('is created for each start, reaches its nodes, and is shown to callers that may use the cluster', async () => {
    const { cluster, node, token } = await runningCluster()
    expect(token).toMatch(/^frt_[\w-]{43}$/)
    const path = `/clusters/${cluster.id}/connection`
    const connection = {
      ray_address: 'ray://10.0.0.1:10001',
      dashboard_url: 'http://127.0.0.1:8265',
      ray_token: token,
    }
    for (const caller of [fleet.running.admin, await fleet.running.withRole('developer')]) {
      expect((await caller.get(path)).body.result).toEqual(connection)
    }

    await fleet.running.admin.post(`/clusters/${cluster.id}/terminate`)
    await node.report()
    expect((await fleet.running.admin.get(path)).body.code).toBe('CLUSTER_NOT_RUNNING')
    await fleet.running.admin.post(`/clusters/${cluster.id}/start`)
    const second = await orderedToken(node)
    expect(second).toMatch(/^frt_/)
    expect(second).not.toBe(token)
    await node.report(running(cluster.id, 2))
    expect((await fleet.running.admin.get(path)).body.result.ray_token).toBe(second)
  })

  test('is in no other answer, event or audit record, and is not shown to a viewer', async () => {
    const { cluster, node, token = '' } = await runningCluster()
    const { admin } = fleet.running
    expect((await admin.get(`/clusters/${cluster.id}/connection`)).text).toContain(token)
    const viewer = await fleet.running.withRole('viewer')
    expect((await viewer.get(`/clusters/${cluster.id}/connection`)).body.code).toBe('ROLE_TOO_LOW')
    const paths = [
      `/clusters/${cluster.id}`,
      `/clusters/${cluster.id}/nodes`,
      '/clusters',
      '/cluster_environment_builds',
      '/nodes',
      `/nodes/${node.id}`,
      '/pulls',
      '/audit_events',
    ]
    for (const path of paths) {
      const { text } = await admin.get(path)
      expect(text, path).not.toContain(token)
    }
    const ended = await admin.post(`/clusters/${cluster.id}/terminate`)
    expect(ended.text).not.toContain(token)
    const { origin, adminToken } = fleet.running.plane
    const stream = await eventReader(origin, adminToken ?? '', { 'last-event-id': '0' })
    const seen = await stream.until(cluster.id)
    stream.close()
    expect(seen).not.toContain(token)
  })

  test('is deleted once the cluster has ended', async () => {
    const { cluster, node, token } = await runningCluster()
    const stored = () => {
      using database = new DatabaseSync(databasePath(fleet.running.dataDir), { readOnly: true })
      return database.prepare('select ray_token from clusters where id = ?').get(cluster.id)?.['ray_token']
    }
    expect(stored()).toBe(token)
    await fleet.running.admin.post(`/clusters/${cluster.id}/terminate`)
    await node.report()
    expect(stored()).toBeNull()
  })

  test('does not exist if Ray is too old to require one', async () => {
    const { cluster, token } = await runningCluster({ ray_version: '2.51.0' })
    expect(token).toBeUndefined()
    const { body } = await fleet.running.admin.get(`/clusters/${cluster.id}/connection`)
    expect(body.result).toMatchObject({ ray_address: 'ray://10.0.0.1:10001', ray_token: null })
    expect((await fleet.clusterNow(cluster.id)).nodes).toMatchObject([{ warnings: ['RAY_WITHOUT_TOKEN'] }])
  })

  test('is given only to the nodes of that cluster', async () => {
    const { cloud, token = '' } = await runningCluster()
    const idle = await fleet.join(cloud)
    await idle.report()
    expect(JSON.stringify((await idle.desiredState()).state)).not.toContain(token)
  })

  test('is not given to a node of an earlier start that has not yet reported its end', async () => {
    const cloud = await fleet.makeCloud()
    const earlier = await fleet.join(cloud)
    await earlier.report()
    const cluster = await fleet.startCluster((await fleet.makeBuild(cloud.id)).id, 0)
    const problem = { code: 'RAY_START_FAILED', facts: { exit_status: 1 } } as const
    await earlier.report({ workload: workloadReport({ cluster_id: cluster.id, phase: 'failed', problem }) })
    const later = await fleet.join(cloud)
    await later.report()
    await fleet.running.admin.post(`/clusters/${cluster.id}/start`)
    expect(await orderedToken(later)).toMatch(/^frt_/)
    expect((await earlier.desiredState()).state.workload).toBeNull()
  })
})
