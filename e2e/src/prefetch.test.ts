/** Images that idle nodes bring: a cluster then starts without a pull, and is never kept waiting by one. */
import { Node, page, PullRecord } from '@fairlead/contract/wire'
import {
  behindProxy,
  eventually,
  fakeRay,
  secretFiles,
  startFairleadServe,
  startWorld,
  tokenRegistry,
} from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const start = () =>
  startWorld({
    registry: behindProxy(tokenRegistry('team/ray')),
    secrets: secretFiles,
    allow: 'login',
    image: fakeRay({ layers: [{ randomBytes: 20_000_000 }] }),
    serve: startFairleadServe,
    nodes: ['one'],
    policy: { disk_reserve_bytes: 1_000_000_000 },
  })

let system: Awaited<ReturnType<typeof start>>
beforeAll(async () => {
  system = await start()
})
afterAll(() => system[Symbol.asyncDispose]())

const pullsFor = async (purpose: string): Promise<PullRecord[]> =>
  page(PullRecord).parse(await system.get(`/pulls?purpose=${purpose}`)).results

const prefetched = async (): Promise<readonly string[]> =>
  page(Node).parse(await system.get('/nodes')).results[0]?.facts?.prefetched ?? []

test('an idle node brings the image of a build that asks for it, and a cluster starts from it without a download', async () => {
  const built = await system.build('ahead', {}, '--wait-prefetch')
  expect(built.status, built.stdout + built.stderr).toBe(0)
  expect(built.stdout).toContain('bringing the image: 0 of 1 idle node\n')
  expect(built.stdout).toContain('All idle nodes have the image: 1.\n')
  expect(await prefetched()).toHaveLength(1)
  const [brought] = await pullsFor('prefetch')
  expect(brought).toMatchObject({
    code: null,
    decision: 'authenticated',
    cluster_id: null,
    build_id: expect.any(String),
  })
  expect(brought?.bytes).toBe(brought?.total_bytes)
  const shown = await system.fairlead('cluster-env', 'get', 'ahead')
  expect(shown.stdout).toMatch(/prefetched +by 1 of 1 idle node/)
  expect(await system.nodes[0].imageNames()).toEqual([`localhost/fairlead-prefetched:${brought?.build_id}`])
  const status = await system.fairlead('node', 'status', system.nodes[0].machine.name)
  expect(status.stdout).toMatch(/prefetched +ahead:1/)

  const asked = await system.image.layerRequests()
  const started = await system.fairlead('cluster', 'start', '-n', 'ray', '--env', 'ahead:1')
  expect(started.status, started.stdout + started.stderr).toBe(0)
  expect(await system.image.layerRequests()).toBe(asked)
  const [pull] = await pullsFor('cluster')
  expect(pull).toMatchObject({ code: null, decision: 'authenticated', bytes: 0, digest: brought?.digest })
})

test('an image that somebody removes is brought again', async () => {
  const stopped = await system.fairlead('cluster', 'terminate', '-n', 'ray')
  expect(stopped.status, stopped.stderr).toBe(0)
  await system.untilCluster('ray', ({ state }) => state === 'Terminated')
  await system.nodes[0].machine.mustExec('docker', ['image', 'prune', '--all', '--force'])
  expect(await system.nodes[0].imageNames()).toEqual([])
  await eventually(async () => ((await system.nodes[0].imageNames()).length === 1 ? true : undefined), {
    what: 'the node has brought the image again',
    timeoutMs: 150_000,
  })
  await eventually(async () => ((await pullsFor('prefetch')).length === 2 ? true : undefined), {
    what: 'the record of the second time',
  })
})

test('a cluster of another image does not wait for it', async () => {
  const other = await system.push('team/ray', { layers: [{ randomBytes: 20_000_000 }] })
  // Its second half does not come while the test lasts.
  using _stalled = system.registry.proxy.inject({ path: /\/blobs\//, fault: { kind: 'stall', afterBytes: 5_000_000 } })
  const built = await system.build('other', { docker_image: other }, '--prefetch')
  expect(built.status, built.stdout + built.stderr).toBe(0)
  await eventually(
    async () => (system.registry.proxy.requests.some(({ path }) => path.includes('/blobs/')) ? true : undefined),
    {
      what: 'the node brings the other image',
      timeoutMs: 150_000,
    },
  )
  const started = await system.fairlead('cluster', 'start', '-n', 'ray')
  expect(started.status, started.stdout + started.stderr).toBe(0)
  await eventually(async () => (await pullsFor('prefetch')).find(({ code }) => code === 'INTERRUPTED'), {
    what: 'the record of the pull that made way',
  })
  expect(await prefetched()).toHaveLength(1)
})
