/** An agent of the last release on this version's control plane: what one minor version apart must still do together. */
import { Node, page, PullRecord } from '@fairlead/contract/wire'
import {
  basicRegistry,
  equip,
  fakeRay,
  joinAgent,
  secretFiles,
  startFairleadServe,
  startWorld,
} from '@fairlead/testkit'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const program = fileURLToPath(new URL('released-agent.ts', import.meta.url))
/** That release is older than the tokens that newer Ray requires. */
const rayVersion = '2.40.0'

const startSystem = async () => {
  const world = await startWorld({
    registry: basicRegistry,
    secrets: secretFiles,
    image: fakeRay(),
    serve: startFairleadServe,
    nodes: [],
  })
  const node = await equip(world, 'node')
  return { ...world, ...node, agent: await joinAgent(world, world, node.machine, { program }) }
}

let system: Awaited<ReturnType<typeof startSystem>>
beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system[Symbol.asyncDispose]())

async function must(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await system.fairlead(...args)
  expect(status, stdout + stderr).toBe(0)
  return stdout
}

test('checks a build, runs a cluster and ends it, and its records form a chain', async () => {
  const docker_image = await system.push('team/older', { rayVersion })
  const built = await system.build('app', { docker_image, ray_version: rayVersion })
  expect(built.status, built.stdout + built.stderr).toBe(0)
  await must('cluster', 'start', '-n', 'ray', '--env', 'app')
  await system.untilCluster('ray', ({ state }) => state === 'Running')
  expect(await system.containers()).toHaveLength(1)
  await must('cluster', 'terminate', '-n', 'ray')
  await expect.poll(() => system.containers()).toEqual([])

  const { results: pulls } = page(PullRecord).parse(JSON.parse(await must('pulls', 'list', '--json')))
  expect(new Set(pulls.map(({ purpose }) => purpose))).toEqual(new Set(['check', 'cluster']))
  for (const record of pulls) expect(record).toMatchObject({ decision: 'authenticated', code: null })
  const { results: nodes } = page(Node).parse(JSON.parse(await must('node', 'list', '--json')))
  expect(nodes).toMatchObject([{ state: 'online', pull_chain: 'intact' }])
})

test('reconnects to a control plane that was restarted, and shows its version', async () => {
  await system.serve.restart()
  await expect
    .poll(async () => (await system.fairlead('node', 'list')).stdout, { timeout: 30_000 })
    .toMatch(/^node +online .* 0\.\d+\.\d+ /m)
})
