/** What can happen to a running cluster of a real Ray: its worker is cut off, it is started again, and its head is cut off. */
import { rayTaskOnEachNode, realRay, whileRayStarts } from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTwoNodeSystem, type TwoNodeSystem } from './two-node-system.ts'

let system: TwoNodeSystem

beforeAll(async () => {
  system = await startTwoNodeSystem(realRay())
  expect((await system.build('trainer')).status).toBe(0)
  await start('--env', 'trainer:1', '--workers', '1')
})
afterAll(() => system[Symbol.asyncDispose]())

const start = (...flags: string[]): Promise<void> =>
  whileRayStarts(async () => {
    const { status, stdout, stderr } = await system.fairlead('cluster', 'start', '-n', 'ray', ...flags)
    expect(status, stdout + stderr).toBe(0)
    expect(await rayTaskOnEachNode(await system.head())).toEqual(
      system.nodes.map(({ machine }) => machine.address).sort(),
    )
  })

test('reports within 90 s that its worker is cut off, and keeps working without it', async () => {
  const worker = await system.machineOf('ray', 'worker')
  await system.network.setLink(worker, 'down')
  const began = performance.now()
  const poorer = await system.untilCluster('ray', ({ problem }) => problem !== null)
  const seconds = (performance.now() - began) / 1000
  console.log(`a worker that was cut off was told of after ${seconds.toFixed(0)} s, as ${poorer.problem?.code}`)
  expect(poorer.state).toBe('Running')
  expect(['RAY_NODES_MISSING', 'NODE_LOST']).toContain(poorer.problem?.code)
  await system.network.setLink(worker, 'up')
})

test('starts again on the same build after it is terminated, and downloads nothing', async () => {
  const ended = await system.fairlead('cluster', 'terminate', '-n', 'ray')
  expect(ended.status, ended.stderr).toBe(0)
  const fetched = await system.image.layerRequests()
  await start()
  expect(await system.image.layerRequests()).toBe(fetched)
})

test('says that its head is cut off, and who can do what; it still ends', async () => {
  const head = await system.machineOf('ray', 'head')
  await system.network.setLink(head, 'down')
  const began = performance.now()
  await system.untilCluster('ray', ({ problem }) => problem?.code === 'HEAD_LOST')
  console.log(`a head that was cut off was told of after ${((performance.now() - began) / 1000).toFixed(0)} s`)
  const shown = await system.fairlead('cluster', 'status', '-n', 'ray')
  expect(shown.stdout).toContain(`the head node ${head.name} has not been heard of`)
  // A lost node does not delay the end, and releases its work once it is back.
  const ended = await system.fairlead('cluster', 'terminate', '-n', 'ray')
  expect(ended.status, ended.stderr).toBe(0)
  await system.untilCluster('ray', ({ state }) => state === 'Terminated')
  await system.network.setLink(head, 'up')
  await expect.poll(() => system.containerIds(), { timeout: 60_000 }).toEqual([])
})
