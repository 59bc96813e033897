/** Whom the control plane calls: nobody, where there is no identity to verify (S20). */
import { Socket } from 'node:net'
import type { NodeId } from '@fairlead/contract/names'
import { chainStart } from '@fairlead/contract/wire'
import { expect, test, vi } from 'vitest'
import { TestFleet } from './testing/test-fleet.ts'
import { testRecord } from './testing/test-records.ts'
import { workloadReport } from './testing/test-node.ts'

test('S20: no node, registry or secret manager is called while a build is checked and a cluster starts and ends', async () => {
  const connect = vi.spyOn(Socket.prototype, 'connect')
  await using fleet = await TestFleet.start()
  const cloud = await fleet.makeCloud()
  await fleet.running.admin.post(`/clouds/${cloud.id}/grants`, { reference: 'registry-login', registries: [] })
  const node = await fleet.join(cloud)
  await node.report()
  const build = await fleet.makeBuild(cloud.id, { registry_login_secret: 'registry-login' })
  const [check] = (await node.desiredState()).state.checks
  expect(check).toMatchObject({ build_id: build.id, registry_login_secret: 'registry-login' })
  const digest = `sha256:${'a'.repeat(64)}`
  const cluster = await fleet.startCluster(build.id, 0)
  const running = { cluster_id: cluster.id, digest, phase: 'running', ray_version: '2.55.1', alive_nodes: 1 } as const
  const addresses = { head_address: '10.0.0.1:6379', dashboard_address: '10.0.0.1:8265' }
  await node.report({ workload: workloadReport({ ...running, ...addresses }) })
  expect((await fleet.clusterNow(cluster.id)).state).toBe('Running')
  await fleet.running.admin.post(`/clusters/${cluster.id}/terminate`)
  await node.report({ pulls: [testRecord(node.id as NodeId, 1, chainStart)] })
  expect((await fleet.clusterNow(cluster.id)).state).toBe('Terminated')

  // Whoever calls it here is in this process, too.
  const { port } = new URL(fleet.running.plane.origin)
  const called = new Set(connect.mock.calls.map(([to]) => JSON.stringify(placeIn(to))))
  expect([...called]).toEqual([JSON.stringify({ host: '127.0.0.1', port })])
})

/** Node normalises what it is given into a list. */
function placeIn(to: unknown): { host: unknown; port: unknown } {
  const { host = null, port = null } = [to].flat()[0] as { host?: unknown; port?: unknown }
  return { host, port: String(port) }
}
