/** Which images idle nodes are asked to bring, over a real socket. */
import { BuildId, newId, NodeId } from '@fairlead/contract/names'
import type { ProblemCode } from '@fairlead/contract/problems'
import { chainStart, type PullRecord } from '@fairlead/contract/wire'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { followEvents } from '../testing/event-follower.ts'
import { TestFleet, unique } from '../testing/test-fleet.ts'
import { facts, type TestNode } from '../testing/test-node.ts'
import { testRecord } from '../testing/test-records.ts'
import { secondsFor } from './prefetch.ts'

// Real sockets and real commits, on a machine that may be busy.
const digest = `sha256:${'a'.repeat(64)}`
let fleet: TestFleet
beforeAll(async () => {
  fleet = await TestFleet.start()
})
afterAll(() => fleet[Symbol.asyncDispose]())

const config = { docker_image: 'registry.example.com/team/app:1', ray_version: '2.55.1' }
const admin = () => fleet.running.admin

interface Environment {
  id: string
  latest_build: { id: string; prefetch: boolean }
}

async function environment(cloudId: string, body: object = {}): Promise<Environment> {
  const made = { name: unique('env'), config_json: config, cloud_id: cloudId, ...body }
  return (await admin().post('/cluster_environments', made)).body.result
}

const nextBuild = async ({ id }: Environment, body: object = {}): Promise<{ id: string; prefetch: boolean }> =>
  (await admin().post(`/cluster_environments/${id}/builds`, { config_json: config, ...body })).body.result

/** The node checks what it is asked to check. */
async function check(node: TestNode, buildId: string, status = 'succeeded'): Promise<void> {
  const { checks } = (await node.desiredState()).state
  const { attempt = 1 } = checks.find(({ build_id }: { build_id: string }) => build_id === buildId) ?? {}
  const found = status === 'succeeded' ? digest : null
  const problem = status === 'succeeded' ? null : { code: 'IMAGE_NOT_FOUND', facts: {} }
  const report = {
    build_id: buildId,
    attempt,
    status,
    steps: [],
    problem,
    digest: found,
    platform: null,
    size_bytes: 1,
  }
  await node.report({ checks: [report as never] })
}

const askedFor = async (node: TestNode): Promise<string[] | null> =>
  (await node.desiredState()).state.prefetch?.images.map(({ build_id }: { build_id: string }) => build_id) ?? null

async function cloudWithNode(body: object = {}): Promise<{ cloud: { id: string; provider: string }; node: TestNode }> {
  const cloud = await fleet.makeCloud()
  if (Object.keys(body).length > 0) await admin().post(`/clouds/${cloud.id}/update`, body)
  const node = await fleet.join(cloud)
  await node.report()
  return { cloud, node }
}

test('an idle node hears of an image at once, though it is waiting for its state to change', async () => {
  const { cloud, node } = await cloudWithNode()
  const checker = await fleet.join(cloud, { checker: true })
  await checker.report()
  const etag = (await node.desiredState()).headers.get('etag') ?? ''
  const waiting = node.desiredState({ wait: 20, etag })
  const { latest_build: build } = await environment(cloud.id, { prefetch: true })
  await check(checker, build.id)
  expect((await waiting).state.prefetch?.images).toMatchObject([{ build_id: build.id }])
})

describe('a node is asked to bring', () => {
  test('the image of a build that is to be prefetched, once it is checked, by its digest', async () => {
    const { cloud, node } = await cloudWithNode()
    const { latest_build: build } = await environment(cloud.id, { prefetch: true })
    expect([build.prefetch, await askedFor(node)]).toEqual([true, null])
    await check(node, build.id)
    expect((await node.desiredState()).state.prefetch).toEqual({
      images: [
        {
          build_id: build.id,
          docker_image: config.docker_image,
          ray_version: config.ray_version,
          registry_login_secret: null,
          digest,
        },
      ],
      within_seconds: 0,
    })
  })

  test('nothing of a build that is not to be prefetched', async () => {
    const { cloud, node } = await cloudWithNode()
    const { latest_build: build } = await environment(cloud.id)
    await check(node, build.id)
    expect([build.prefetch, await askedFor(node)]).toEqual([false, null])
  })

  test('nothing of a build whose check failed', async () => {
    const { cloud, node } = await cloudWithNode()
    const { latest_build: build } = await environment(cloud.id, { prefetch: true })
    await check(node, build.id, 'failed')
    expect(await askedFor(node)).toBeNull()
  })

  test('the images of all new builds of a cloud that says so, unless a build says otherwise', async () => {
    const { cloud, node } = await cloudWithNode({ prefetch: true })
    const { latest_build: first } = await environment(cloud.id)
    const { latest_build: second } = await environment(cloud.id, { prefetch: false })
    for (const { id } of [first, second]) await check(node, id)
    expect([first.prefetch, second.prefetch, await askedFor(node)]).toEqual([true, false, [first.id]])
  })

  test('only the newest checked build of an environment, also if that is not to be prefetched', async () => {
    const { cloud, node } = await cloudWithNode()
    const made = await environment(cloud.id, { prefetch: true })
    await check(node, made.latest_build.id)
    const second = await nextBuild(made, { prefetch: true })
    expect(await askedFor(node)).toEqual([made.latest_build.id])
    await check(node, second.id, 'failed')
    expect(await askedFor(node)).toEqual([made.latest_build.id])
    const third = await nextBuild(made, { prefetch: true })
    await check(node, third.id)
    expect(await askedFor(node)).toEqual([third.id])
    expect(await fleet.buildNow(made.latest_build.id)).toMatchObject({ prefetch: false })
    const fourth = await nextBuild(made)
    await check(node, fourth.id)
    expect(await askedFor(node)).toBeNull()
  })

  test('the four newest images of its cloud, newest first, and none of another cloud', async () => {
    const { cloud, node } = await cloudWithNode()
    const elsewhere = await cloudWithNode()
    const builds: string[] = []
    for (let made = 0; made < 5; made += 1) {
      const { latest_build: build } = await environment(cloud.id, { prefetch: true })
      await check(node, build.id)
      builds.unshift(build.id)
    }
    expect(await askedFor(node)).toEqual(builds.slice(0, 4))
    expect(await askedFor(elsewhere.node)).toBeNull()
  })

  test('nothing of an archived environment', async () => {
    const { cloud, node } = await cloudWithNode()
    const made = await environment(cloud.id, { prefetch: true })
    await check(node, made.latest_build.id)
    await admin().post(`/cluster_environments/${made.id}/archive`)
    expect(await askedFor(node)).toBeNull()
  })

  test('nothing with a secret that is no longer granted (S13)', async () => {
    const { cloud, node } = await cloudWithNode()
    const grant = (await admin().post(`/clouds/${cloud.id}/grants`, { reference: 'team-login' })).body.result
    const secret = { config_json: { ...config, registry_login_secret: 'team-login' } }
    const { latest_build: build } = await environment(cloud.id, { ...secret, prefetch: true })
    await check(node, build.id)
    expect(await askedFor(node)).toEqual([build.id])
    await admin().remove(`/clouds/${cloud.id}/grants/${grant.id}`)
    expect(await askedFor(node)).toBeNull()
  })

  test('nothing if it only checks builds', async () => {
    const { cloud, node } = await cloudWithNode()
    const checker = await fleet.join(cloud, { checker: true })
    await checker.report()
    const { latest_build: build } = await environment(cloud.id, { prefetch: true })
    await check(checker, build.id)
    expect([await askedFor(checker), await askedFor(node)]).toEqual([null, [build.id]])
  })
})

test('a node says which images it brought', async () => {
  const { cloud, node } = await cloudWithNode()
  const { latest_build: build } = await environment(cloud.id, { prefetch: true })
  await check(node, build.id)
  await node.report({ node: { ...facts, prefetched: [build.id as never] } })
  expect((await admin().get(`/nodes/${node.id}`)).body.result.facts.prefetched).toEqual([build.id])
  const listed = async (id: string) => (await admin().get(`/nodes?prefetched_build_id=${id}&with_total=true`)).body
  expect(await listed(build.id)).toMatchObject({ results: [{ id: node.id }], metadata: { total: 1 } })
  expect(await listed(newId('bld'))).toMatchObject({ results: [], metadata: { total: 0 } })
})

describe('how far idle nodes are with an image', () => {
  const shown = async (id: string) =>
    (await admin().get(`/cluster_environment_builds/${id}`)).body.result.prefetch_progress as unknown
  const counted = (idle: number, ready: number, failed: number) => ({
    idle_nodes: idle,
    ready_nodes: ready,
    failed_nodes: failed,
  })
  const brought = (node: TestNode, ...builds: string[]) =>
    node.report({ node: { ...facts, prefetched: builds as never } })
  const triedIn = (node: TestNode) => {
    const chain: PullRecord[] = []
    return (build: string, code: ProblemCode | null) => {
      const last = chain.at(-1)?.hash ?? chainStart
      const part = { purpose: 'prefetch', build_id: BuildId.parse(build), code } as const
      chain.push(testRecord(NodeId.parse(node.id), chain.length + 1, last, part))
      return node.report({ node: { ...facts, prefetched: [] }, pulls: chain.slice(-1) })
    }
  }

  test('is shown with one build, and counts neither checkers nor nodes of other clouds', async () => {
    const { cloud, node } = await cloudWithNode()
    const [second, checker] = [await fleet.join(cloud), await fleet.join(cloud, { checker: true })]
    for (const one of [second, checker, (await cloudWithNode()).node]) await one.report()
    const made = await environment(cloud.id, { prefetch: true })
    const { id } = made.latest_build
    expect(await shown(id)).toBeUndefined()
    await check(checker, id)
    expect(await shown(id)).toEqual(counted(2, 0, 0))
    await brought(node, id)
    expect(await shown(id)).toEqual(counted(2, 1, 0))
    const { name } = (await admin().get(`/cluster_environments/${made.id}`)).body.result
    const found = await admin().get(`/cluster_environment_builds/by_identifier?identifier=${name}:1`)
    expect(found.body.result.prefetch_progress).toEqual(counted(2, 1, 0))
    const listed = await admin().get(`/cluster_environment_builds?cluster_environment_id=${made.id}`)
    expect(listed.body.results[0]).not.toHaveProperty('prefetch_progress')
    await brought(node)
    expect(await shown(id)).toEqual(counted(2, 0, 0))
  })

  test('counts a node that could not bring it until it can, but not one that made way for a cluster', async () => {
    const { cloud, node } = await cloudWithNode()
    const { latest_build: build } = await environment(cloud.id, { prefetch: true })
    await check(node, build.id)
    const tried = triedIn(node)
    await tried(build.id, 'NODE_DISK_FULL')
    expect(await shown(build.id)).toEqual(counted(1, 0, 1))
    await tried(build.id, 'INTERRUPTED')
    expect(await shown(build.id)).toEqual(counted(1, 0, 0))
    await tried(build.id, 'NODE_DISK_FULL')
    await brought(node, build.id)
    expect(await shown(build.id)).toEqual(counted(1, 1, 0))
  })

  test('is no longer shown once a newer build of the environment takes its place', async () => {
    const { cloud, node } = await cloudWithNode()
    const made = await environment(cloud.id, { prefetch: true })
    await check(node, made.latest_build.id)
    await check(node, (await nextBuild(made, { prefetch: true })).id)
    expect(await shown(made.latest_build.id)).toBeUndefined()
  })

  test('leaves out a node that a cluster takes', async () => {
    const { cloud, node } = await cloudWithNode()
    await (await fleet.join(cloud)).report()
    const { latest_build: build } = await environment(cloud.id, { prefetch: true })
    await check(node, build.id)
    await brought(node, build.id)
    expect(await shown(build.id)).toEqual(counted(2, 1, 0))
    const body = {
      name: unique('cluster'),
      cluster_environment_build_id: build.id,
      cloud_id: cloud.id,
      worker_count: 0,
    }
    const { id } = (await admin().post('/clusters', body)).body.result
    await admin().post(`/clusters/${id}/start`)
    expect(await shown(build.id)).toMatchObject({ idle_nodes: 1 })
  })

  test('is news of the nodes, and not of the build: who wants to know looks again', async () => {
    const { cloud, node } = await cloudWithNode()
    const { latest_build: build } = await environment(cloud.id, { prefetch: true })
    await check(node, build.id)
    const { origin, adminToken } = fleet.running.plane
    await using follower = await followEvents(origin, adminToken ?? '')
    await brought(node, build.id)
    await triedIn(node)(build.id, 'NODE_DISK_FULL')
    const news = (kind: string) => follower.seen.filter(({ event }) => event === kind)
    await vi.waitFor(() => expect([news('node').length, news('pull').length]).toEqual([2, 1]), 20_000)
    expect(news('build')).toEqual([])
  })
})

test.for<[number, number]>([
  [1, 0],
  [2, 0],
  [3, 2],
  [100, 64],
  [128, 64],
  [10_000, 8192],
])('%i nodes begin within %i seconds', ([nodes, seconds]) => {
  expect(secondsFor(nodes)).toBe(seconds)
})
