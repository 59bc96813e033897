/** What befalls a cluster on real machines: a start that is cancelled, a start that fails, a worker and a head that are cut off. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Cluster } from '@fairlead/contract'
import { newFolder } from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rayTaskOnEveryNode } from './ray-task.ts'
import { startTwoNodeSystem, type TwoNodeSystem } from './two-node-system.ts'

let system: TwoNodeSystem

beforeAll(async () => {
  system = await startTwoNodeSystem({ share_logs: true })
  expect((await build('trainer', {})).status).toBe(0)
})
afterAll(() => system[Symbol.asyncDispose]())

async function build(name: string, envVars: Record<string, string>) {
  const file = join(newFolder('config'), 'env.yaml')
  const { image: docker_image, rayVersion: ray_version, secretName: registry_login_secret } = system
  await writeFile(file, JSON.stringify({ docker_image, ray_version, registry_login_secret, env_vars: envVars }))
  return system.fairlead('cluster-env', 'build', '-n', name, file)
}

async function terminate(): Promise<void> {
  const result = await system.fairlead('cluster', 'terminate', '-n', 'ray')
  expect(result.status, result.stderr).toBe(0)
}

async function machineOf(role: 'head' | 'worker') {
  const { nodes } = await system.untilCluster('ray', ({ nodes }) => nodes.length === 2)
  const id = nodes.find((node) => node.role === role)?.node_id
  const node = system.nodes.find(({ nodeId }) => nodeId === id)
  if (node === undefined) throw new Error(`no machine is the ${role}`)
  return node.machine
}

describe('a start that is cancelled while it pulls', () => {
  test('ends at once: who waited for it is told, no container is left, and the same start goes well later', async () => {
    const waiting = system.fairlead('cluster', 'start', '-n', 'ray', '--env', 'trainer:1', '--workers', '1')
    // The command that starts it has first to make it.
    const there = async () => (await system.fairlead('cluster', 'status', '-n', 'ray')).status
    await expect.poll(there, { timeout: 60_000 }).toBe(0)
    await system.untilCluster('ray', ({ nodes }) =>
      nodes.some(({ steps }) => steps.some(({ step, status }) => step === 'pull' && status === 'running')),
    )
    await terminate()
    const waited = await waiting
    expect(waited.stderr).toContain('(CLUSTER_TERMINATED)')
    expect(waited.status).toBe(1)
    expect(await system.containerIds()).toEqual([])

    const again = await system.fairlead('cluster', 'start', '-n', 'ray')
    expect(again.status, again.stdout + again.stderr).toBe(0)
    expect(await rayTaskOnEveryNode(system)).toHaveLength(2)
  })
})

describe('a running cluster', () => {
  test('says within 90 s that its worker is cut off, and works on without it', async () => {
    const worker = await machineOf('worker')
    await system.network.setLink(worker, 'down')
    const began = performance.now()
    const poorer = await system.untilCluster('ray', ({ problem }) => problem !== null)
    const seconds = (performance.now() - began) / 1000
    console.log(`a worker that was cut off was told of after ${seconds.toFixed(0)} s, as ${poorer.problem?.code}`)
    expect(poorer.state).toBe('Running')
    expect(['RAY_NODES_MISSING', 'NODE_LOST']).toContain(poorer.problem?.code)
    await system.network.setLink(worker, 'up')
  })

  test('is started again on the same build once it is terminated, and downloads nothing', async () => {
    await terminate()
    const fetched = await system.layerRequests()
    const again = await system.fairlead('cluster', 'start', '-n', 'ray')
    expect(again.status, again.stdout + again.stderr).toBe(0)
    expect(await system.layerRequests()).toBe(fetched)
    expect(await rayTaskOnEveryNode(system)).toHaveLength(2)
  })

  test('says that its head is cut off, and who can do what', async () => {
    const head = await machineOf('head')
    await system.network.setLink(head, 'down')
    const began = performance.now()
    await system.untilCluster('ray', ({ problem }) => problem?.code === 'HEAD_LOST')
    console.log(`a head that was cut off was told of after ${((performance.now() - began) / 1000).toFixed(0)} s`)
    const shown = await system.fairlead('cluster', 'status', '-n', 'ray')
    expect(shown.stdout).toContain(`the head node ${head.name} has not been heard of`)
    // A lost node does not hold up the end, and lets go by itself when it is back.
    await terminate()
    await system.untilCluster('ray', ({ state }) => state === 'Terminated')
    await system.network.setLink(head, 'up')
    await expect.poll(() => system.containerIds(), { timeout: 60_000 }).toEqual([])
  })
})

describe('a start that fails', () => {
  test('shows what its container printed last, since the owner of these nodes shares that', async () => {
    expect((await build('broken', { PYTHONHOME: '/nowhere' })).status).toBe(0)
    const result = await system.fairlead('cluster', 'start', '-n', 'sick', '--env', 'broken')
    expect(result.status).toBe(1)
    expect(result.stderr).toContain('(RAY_START_FAILED)')
    expect(result.stderr).toMatch(/printed last:\n(?: {2}.*\n)*? {2}.*encodings/)
    const status = await system.fairlead('cluster', 'status', '-n', 'sick', '--json')
    const [head] = Cluster.parse(JSON.parse(status.stdout)).nodes
    expect(head?.last_lines?.join('\n')).toContain('encodings')
  })
})
