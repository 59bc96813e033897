/** How clusters start and end on nodes that report their steps, over a real socket. */
import type { NodeId } from '@fairlead/contract/names'
import { chainStart } from '@fairlead/contract/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventReader } from '../testing/event-reader.ts'
import { TestFleet } from '../testing/test-fleet.ts'
import { testRecord } from '../testing/test-records.ts'
import { workloadReport } from '../testing/test-node.ts'

// Real sockets and real commits, on a machine that may be busy.
const digest = `sha256:${'a'.repeat(64)}`
let fleet: TestFleet
beforeAll(async () => {
  fleet = await TestFleet.start()
})
afterAll(() => fleet[Symbol.asyncDispose]())

describe('clusters', () => {
  test('the head resolves the digest, the workers get the same digest and the head’s address, and all run', async () => {
    const cloud = await fleet.makeCloud()
    const nodes = [await fleet.join(cloud), await fleet.join(cloud)]
    for (const node of nodes) await node.report()
    const build = await fleet.makeBuild(cloud.id)
    const cluster = await fleet.startCluster(build.id, 1)
    expect(cluster.state).toBe('StartingUp')
    const of = (role: string) => {
      const id = cluster.nodes.find((node: { role: string }) => node.role === role).node_id
      return nodes.find((node) => node.id === id)!
    }
    const [head, worker] = [of('head'), of('worker')]
    const cluster_id = cluster.id

    expect((await head.desiredState()).state.workload).toMatchObject({ role: 'head', digest: null, node_count: 2 })
    const before = await worker.desiredState()
    expect(before.state.workload).toBeNull()

    const waiting = worker.desiredState({ wait: 20, etag: before.headers.get('etag') ?? '' })
    await head.report({ workload: workloadReport({ cluster_id, digest }) })
    expect((await waiting).state.workload).toMatchObject({
      role: 'worker',
      digest,
      head_address: null,
      env_vars: { A: 'b' },
    })
    expect(await fleet.buildNow(build.id)).toMatchObject({ status: 'succeeded', digest, checked_by: head.id })

    const running1 = { cluster_id, digest, phase: 'running' as const, ray_version: '2.55.1' }
    const headReport = { ...running1, head_address: '10.0.0.1:6379', dashboard_address: '127.0.0.1:8265' }
    await head.report({ workload: workloadReport({ ...headReport, alive_nodes: 1 }) })
    expect((await worker.desiredState()).state.workload?.head_address).toBe('10.0.0.1:6379')
    await worker.report({ workload: workloadReport(running1) })
    expect((await fleet.clusterNow(cluster_id)).state).toBe('StartingUp')
    await head.report({ workload: workloadReport({ ...headReport, alive_nodes: 2 }) })
    expect(await fleet.clusterNow(cluster_id)).toMatchObject({
      state: 'Running',
      problem: null,
      digest,
      alive_nodes: 2,
      ray_address: 'ray://10.0.0.1:10001',
      dashboard_url: 'http://127.0.0.1:8265',
      nodes: [
        { role: 'head', phase: 'running' },
        { role: 'worker', phase: 'running' },
      ],
    })
    expect(await fleet.buildNow(build.id)).toMatchObject({ byod_ray_version: '2.55.1' })

    expect((await fleet.running.admin.post(`/clusters/${cluster_id}/start`)).body.code).toBe('CLUSTER_BUSY')
    expect((await fleet.running.admin.post(`/clusters/${cluster_id}/terminate`)).body.result.state).toBe('Terminating')
    expect((await head.desiredState()).state.workload).toBeNull()
    await head.report()
    expect((await fleet.clusterNow(cluster_id)).state).toBe('Terminating')
    await worker.report()
    expect(await fleet.clusterNow(cluster_id)).toMatchObject({ state: 'Terminated', nodes: [], alive_nodes: null })

    const again = await fleet.running.admin.post(`/clusters/${cluster_id}/start`)
    expect(again.body.result).toMatchObject({ state: 'StartingUp', generation: 2, digest })
  })

  test('a node that had not begun when its cluster was terminated is free after its next heartbeat', async () => {
    const cloud = await fleet.makeCloud()
    const node = await fleet.join(cloud)
    await node.report()
    // What it said before the order and says again after the end is the same.
    await node.report()
    const build = await fleet.makeBuild(cloud.id)
    const { id } = await fleet.startCluster(build.id, 0)
    await fleet.running.admin.post(`/clusters/${id}/terminate`, {})
    expect((await fleet.clusterNow(id)).state).toBe('Terminating')
    await node.report()
    expect((await fleet.clusterNow(id)).state).toBe('Terminated')
  })

  test('with too few nodes it waits, says why, and is placed automatically when one becomes free', async () => {
    const cloud = await fleet.makeCloud()
    const checker = await fleet.join(cloud, { checker: true })
    await checker.report()
    const build = await fleet.makeBuild(cloud.id)
    const cluster = await fleet.startCluster(build.id, 0)
    expect(cluster).toMatchObject({
      state: 'AwaitingStartup',
      problem: { code: 'NOT_ENOUGH_NODES', detail: 'free nodes: 0; the cluster needs 1' },
    })
    const node = await fleet.join(cloud)
    await node.report()
    expect(await fleet.clusterNow(cluster.id)).toMatchObject({ state: 'StartingUp', problem: null })
    expect((await node.desiredState()).state.workload).toMatchObject({ cluster_id: cluster.id, generation: 1 })
  })

  test('keeps what each node did after the end, until the next start', async () => {
    const cloud = await fleet.makeCloud()
    const node = await fleet.join(cloud)
    await node.report()
    const cluster = await fleet.startCluster((await fleet.makeBuild(cloud.id)).id, 0)
    const steps = [{ step: 'secret', status: 'done', started_at: new Date().toISOString(), duration_ms: 5 }] as const
    const part = (of: object) => ({ workload: workloadReport({ cluster_id: cluster.id, steps: [...steps], ...of }) })
    await node.report(part({ phase: 'running' }))
    await fleet.running.admin.post(`/clusters/${cluster.id}/terminate`)
    const nodes = async () => (await fleet.running.admin.get(`/clusters/${cluster.id}/nodes`)).body.results
    // During cleanup an agent reports no steps.
    await node.report(part({ phase: 'stopping', steps: [] }))
    expect(await nodes()).toMatchObject([{ role: 'head', phase: 'stopping', steps }])
    await node.report()
    expect(await fleet.clusterNow(cluster.id)).toMatchObject({ state: 'Terminated', nodes: [] })
    expect(await nodes()).toMatchObject([{ node_id: node.id, role: 'head', phase: 'stopped', steps }])
    await fleet.running.admin.post(`/clusters/${cluster.id}/start`)
    expect(await nodes()).toMatchObject([{ phase: 'assigned', steps: [] }])
  })

  test('is deleted once it has ended and holds no node; its name is free, and the records of its pulls stay', async () => {
    const { admin } = fleet.running
    const cloud = await fleet.makeCloud()
    const node = await fleet.join(cloud)
    await node.report()
    const { id, name } = await fleet.startCluster((await fleet.makeBuild(cloud.id)).id, 0)
    const started = testRecord(node.id as NodeId, 1, chainStart, { cluster_id: id })
    await node.report({ pulls: [started] })
    expect((await admin.remove(`/clusters/${id}`)).body.code).toBe('CLUSTER_BUSY')
    await admin.post(`/clusters/${id}/terminate`)
    expect((await admin.remove(`/clusters/${id}`)).body.code).toBe('CLUSTER_BUSY')
    await node.report()
    expect((await admin.remove(`/clusters/${id}`)).status).toBe(204)
    expect((await admin.get(`/clusters/${id}`)).body.code).toBe('CLUSTER_NOT_FOUND')
    expect((await admin.get(`/clusters?name=${name}`)).body.results).toEqual([])
    expect((await admin.get(`/pulls?cluster_id=${id}`)).body.results).toMatchObject([{ id: started.id }])
    expect((await admin.get(`/nodes/${node.id}`)).body.result).toMatchObject({ cluster_id: null })
  })

  test('a failing node fails the start with its problem and steps, frees the nodes, and fails an unchecked build', async () => {
    const cloud = await fleet.makeCloud()
    const node = await fleet.join(cloud)
    await node.report()
    const build = await fleet.makeBuild(cloud.id)
    const cluster = await fleet.startCluster(build.id, 0)
    const steps = [{ step: 'match', status: 'failed', started_at: new Date().toISOString(), duration_ms: 1 }] as const
    const reported = { code: 'CREDENTIAL_SERVER_MISMATCH', facts: { registry: 'registry.example.com' } } as const
    await node.report({
      workload: workloadReport({ cluster_id: cluster.id, phase: 'failed', steps: [...steps], problem: reported }),
    })
    const failed = await fleet.clusterNow(cluster.id)
    expect(failed).toMatchObject({
      state: 'StartupErrored',
      problem: { code: 'CREDENTIAL_SERVER_MISMATCH' },
      nodes: [{ phase: 'failed', steps: [{ step: 'match' }], problem: { code: 'CREDENTIAL_SERVER_MISMATCH' } }],
    })
    expect(await fleet.buildNow(build.id)).toMatchObject({
      status: 'failed',
      problem: { code: 'CREDENTIAL_SERVER_MISMATCH' },
    })
    expect((await node.desiredState()).state.workload).toBeNull()
    await node.report()
    expect((await fleet.clusterNow(cluster.id)).nodes).toMatchObject([{ phase: 'failed', steps: [{ step: 'match' }] }])
    expect((await fleet.running.admin.get(`/nodes/${node.id}`)).body.result.cluster_id).toBeNull()
    expect((await fleet.running.admin.post(`/clusters/${cluster.id}/terminate`)).body.result.state).toBe('Terminated')
  })

  test('shows the last output of a failed container if its node shares it, even after the agent forgot it, and never to a viewer', async () => {
    const cloud = await fleet.makeCloud()
    const node = await fleet.join(cloud)
    await node.report()
    const cluster = await fleet.startCluster((await fleet.makeBuild(cloud.id)).id, 0)
    const failed = workloadReport({
      cluster_id: cluster.id,
      phase: 'failed',
      problem: { code: 'RAY_START_FAILED', facts: { exit_status: 3 } },
    })
    await node.report({ workload: { ...failed, last_lines: ['STAGE=canary'] } })
    await node.report({ workload: failed })
    await node.report()
    expect((await fleet.clusterNow(cluster.id)).nodes).toMatchObject([
      { phase: 'failed', last_lines: ['STAGE=canary'] },
    ])
    const viewer = await fleet.running.withRole('viewer')
    for (const path of [`/clusters/${cluster.id}`, `/clusters/${cluster.id}/nodes`, '/clusters']) {
      const seen = await viewer.get(path)
      expect(seen.text).toContain('RAY_START_FAILED')
      expect(seen.text).not.toContain('canary')
    }
    expect((await fleet.running.admin.post(`/clusters/${cluster.id}/start`)).body.result.nodes).toMatchObject([
      { last_lines: null },
    ])
  })

  test('shows what a running container prints with its cluster’s nodes only, never to a viewer, and announces no line of it', async () => {
    const cloud = await fleet.makeCloud()
    const node = await fleet.join(cloud)
    await node.report()
    const cluster = await fleet.startCluster((await fleet.makeBuild(cloud.id)).id, 0)
    const running = workloadReport({ cluster_id: cluster.id, phase: 'running' })
    const { admin, plane } = fleet.running
    const nodesSeenBy = async (caller: typeof admin) =>
      (await caller.get(`/clusters/${cluster.id}/nodes`)).body.results as { last_lines_at: string | null }[]

    await node.report({ workload: running })
    expect(await nodesSeenBy(admin)).toMatchObject([{ last_lines: null, last_lines_at: null }])
    await node.report({ workload: { ...running, last_lines: ['one canary'] } })
    const [first] = await nodesSeenBy(admin)
    expect(first).toMatchObject({ last_lines: ['one canary'], last_lines_at: expect.any(String) })

    const stream = await eventReader(plane.origin, plane.adminToken ?? '')
    await node.report({ workload: { ...running, last_lines: ['two canaries'] } })
    const later = (await fleet.makeBuild(cloud.id)).id
    expect(await stream.until(later)).not.toContain(cluster.id)
    stream.close()
    expect(await nodesSeenBy(admin)).toMatchObject([{ phase: 'running', last_lines: ['two canaries'] }])

    for (const path of [`/clusters/${cluster.id}`, '/clusters']) {
      const { text } = await admin.get(path)
      expect(text).toContain('last_lines_at')
      expect(text).not.toContain('canar')
    }
    expect(await nodesSeenBy(await fleet.running.withRole('viewer'))).toMatchObject([
      { last_lines: null, last_lines_at: null },
    ])
  })

  test('without a pin, every node follows the tag', async () => {
    const cloud = await fleet.makeCloud()
    const nodes = [await fleet.join(cloud), await fleet.join(cloud)]
    for (const node of nodes) await node.report()
    await fleet.startCluster((await fleet.makeBuild(cloud.id)).id, 1, { pin_digest: false })
    for (const node of nodes) expect((await node.desiredState()).state.workload).toMatchObject({ digest: null })
  })
})
