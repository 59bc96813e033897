/** A node whose disk is too small for the image. It has a minute to free space: this waits for it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectProblem } from '../expect-problem.ts'
import { startOneNodeSystem, type OneNodeSystem } from '../one-node-system.ts'

let system: OneNodeSystem

beforeAll(async () => {
  system = await startOneNodeSystem({ disk: { kind: 'tmpfs', bytes: 60_000_000 } })
  const large = await system.push('team/large', { layers: [{ randomBytes: 80_000_000 }] })
  const built = await system.build('large', { docker_image: large })
  expect(built.status, built.stdout + built.stderr).toBe(0)
})
afterAll(() => system[Symbol.asyncDispose]())

test('a full disk', async () => {
  const started = await system.fairlead('cluster', 'start', '-n', 'large', '--env', 'large', '--timeout', '120')
  expectProblem(started, 'NODE_DISK_FULL', [system.login.password])
})
