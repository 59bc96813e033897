/** A running cluster of a real Ray whose head is cut off. */
import { realRay, whileRayStarts } from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTwoNodeSystem, type TwoNodeSystem } from './two-node-system.ts'

let system: TwoNodeSystem

beforeAll(async () => {
  system = await startTwoNodeSystem(realRay())
  expect((await system.build('trainer')).status).toBe(0)
  const started = await whileRayStarts(() =>
    system.fairlead('cluster', 'start', '-n', 'ray', '--env', 'trainer:1', '--workers', '1'),
  )
  expect(started.status, started.stdout + started.stderr).toBe(0)
})
afterAll(() => system[Symbol.asyncDispose]())

test('it says that its head is cut off, and who can do what; it still ends', async () => {
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
