/**
 * A cluster of two nodes whose start is cancelled, fails, is interrupted by the end of a process, or happens twice. The stand-in for Ray
 * here reports how many nodes it sees; a real one is in `main-job.test.ts`.
 */
import { Cluster } from '@fairlead/contract/wire'
import { fakeRay } from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectPasswordOnlyInSecretManager } from './password-search.ts'
import { startTwoNodeSystem, type TwoNodeSystem } from './two-node-system.ts'

/** Large enough that a pull can be caught midway. */
const layers = [{ randomBytes: 40_000_000 }]
let system: TwoNodeSystem

beforeAll(async () => {
  system = await startTwoNodeSystem(fakeRay({ layers }), { share_logs: true })
  const built = await system.build('trainer')
  expect(built.status, built.stdout + built.stderr).toBe(0)
})
afterAll(() => system[Symbol.asyncDispose]())

async function terminate(): Promise<void> {
  const result = await system.fairlead('cluster', 'terminate', '-n', 'ray')
  expect(result.status, result.stderr).toBe(0)
  await system.untilCluster('ray', ({ state }) => state === 'Terminated')
}

const untilPull = () =>
  system.untilCluster('ray', ({ nodes }) => nodes.some(({ steps }) => steps.some(({ step }) => step === 'pull')))

describe('a start cancelled while it pulls', () => {
  test('ends at once: the waiting command reports it, no container is left, and the same start succeeds later', async () => {
    // The layer's second half does not come until the start is cancelled, however slow this host is.
    using stalled = system.registry.proxy.inject({
      path: /\/blobs\//,
      fault: { kind: 'stall', afterBytes: 20_000_000 },
    })
    const waiting = system.fairlead('cluster', 'start', '-n', 'ray', '--env', 'trainer:1', '--workers', '1')
    // The command that starts it has to build it first.
    const there = async () => (await system.fairlead('cluster', 'status', '-n', 'ray')).status
    await expect.poll(there, { timeout: 60_000 }).toBe(0)
    await untilPull()
    await terminate()
    const waited = await waiting
    expect(waited.stderr).toContain('(CLUSTER_TERMINATED)')
    expect(waited.status).toBe(1)
    expect(await system.containerIds()).toEqual([])

    stalled.remove()
    const again = await system.fairlead('cluster', 'start', '-n', 'ray')
    expect(again.status, again.stdout + again.stderr).toBe(0)
    expect(await system.untilCluster('ray', ({ state }) => state === 'Running')).toMatchObject({ alive_nodes: 2 })
  })
})

test('the password is in the secret manager and nowhere in the control plane (S1), nor on a disk of a node (S5)', () =>
  expectPasswordOnlyInSecretManager(system))

test('the image exists only under its own name, and a second start downloads nothing', async () => {
  await terminate()
  expect(await system.containerIds()).toEqual([])
  const fetched = await system.image.layerRequests()
  const result = await system.fairlead('cluster', 'start', '-n', 'ray')
  expect(result.status, result.stdout + result.stderr).toBe(0)
  expect(await system.image.layerRequests()).toBe(fetched)
  for (const node of system.nodes) {
    expect(await node.imageNames()).toEqual([system.image.reference])
  }
})

describe('killed in the middle of a start', () => {
  test.for(['control plane', 'agent'] as const)(
    'the %s: after a restart the cluster comes up, with one container a node',
    async (which) => {
      await terminate()
      for (const node of system.nodes) await node.forgetImages()
      await system.fairlead('cluster', 'start', '-n', 'ray', '--no-wait')
      await untilPull()
      const victims = which === 'agent' ? system.nodes.map(({ agent }) => agent) : [system.serve]
      for (const victim of victims) {
        victim.kill('SIGKILL')
        await victim.restart()
      }
      const running = await system.untilCluster('ray', ({ state }) => state === 'Running')
      expect(running.alive_nodes).toBe(2)
      for (const node of system.nodes) expect(await node.containers()).toHaveLength(1)
    },
  )
})

describe('a start that fails', () => {
  test('shows the last output of its container, since the owner of these nodes shares it', async () => {
    await terminate()
    expect((await system.build('broken', { env_vars: { FAKE_RAY_EXIT: '7' } })).status).toBe(0)
    const result = await system.fairlead('cluster', 'start', '-n', 'sick', '--env', 'broken')
    expect(result.status).toBe(1)
    expect(result.stderr).toContain('(RAY_START_FAILED)')
    expect(result.stderr).toMatch(/printed last:\n(?: {2}.*\n)*? {2}.*Ray was told to end with 7/)
    const status = await system.fairlead('cluster', 'status', '-n', 'sick', '--json')
    const [head] = Cluster.parse(JSON.parse(status.stdout)).nodes
    expect(head?.last_lines?.join('\n')).toContain('Ray was told to end with 7')
  })
})
