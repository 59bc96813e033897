/** A real control plane and a real agent in one process, over loopback; only the engine and the credential path are in memory. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { type Build, type Cluster, type Cloud, type JoinToken, type Node } from '@fairlead/contract/wire'
import { startControlPlane, type ControlPlane } from '@fairlead/control-plane'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { unconfined } from './confinement/confinement.ts'
import { connectAs, type Connection } from './channel/connection.ts'
import { joinNode } from './channel/join.ts'
import { loadIdentity } from './channel/node-identity.ts'
import { runNodeAgent } from './node-agent.ts'
import { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { InMemoryEngine } from './testing/in-memory-engine.ts'
import { InMemoryPuller, prefetchedName } from './testing/in-memory-puller.ts'

interface TestNode {
  readonly name: string
  readonly stateDir: string
  readonly engine: InMemoryEngine
  readonly puller: InMemoryPuller
  life: { stop: AbortController; running: Promise<void> } | null
}

let dir: string
let plane: ControlPlane
let adminToken: string
let cloud: Cloud
let nodes: TestNode[]

const listen = { host: '127.0.0.1:0' }

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fairlead-pair-'))
  listen.host = '127.0.0.1:0'
  nodes = []
  await startPlane()
  cloud = await call<Cloud>('POST', '/clouds', { name: 'trial', provider: 'local', allow_any_secret: true })
})
afterEach(async () => {
  await Promise.all(nodes.map(stopAgent))
  await plane.close()
  await rm(dir, { recursive: true })
})

async function startPlane(): Promise<void> {
  plane = await startControlPlane({ listen: listen.host, dataDir: join(dir, 'plane'), logLevel: 'silent' })
  adminToken = plane.adminToken ?? adminToken
  listen.host = plane.address
}

async function call<Result>(method: string, path: string, body?: unknown): Promise<Result> {
  const answer = await fetch(`${plane.origin}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const json = (await answer.json()) as { result: Result }
  if (!answer.ok) throw new Error(JSON.stringify(json))
  return json.result
}

async function joinedNode(name: string): Promise<TestNode> {
  const { token } = await call<JoinToken>('POST', `/clouds/${cloud.id}/join_tokens`, {})
  const stateDir = join(dir, name)
  const admission = { kind: 'token', token, provider: 'local' } as const
  await joinNode({ host: plane.origin, admission, name, checker: false, stateDir, caFile: null })
  const engine = new InMemoryEngine()
  const node: TestNode = { name, stateDir, engine, puller: new InMemoryPuller(engine), life: null }
  nodes.push(node)
  return node
}

async function startAgent(node: TestNode, address: string): Promise<void> {
  const identity = (await loadIdentity(node.stateDir))!
  const stop = new AbortController()
  const connection = connectAs(identity)
  const running = closing(connection, (connection) =>
    runNodeAgent(
      {
        identity,
        connection,
        engine: node.engine,
        puller: node.puller,
        confinement: unconfined,
        pulls: { unacknowledged: () => [], acknowledge: () => undefined },
        policy: NodePolicy.parse({}),
        place: () => ({ partition: null, accountId: null, projectId: null }),
        stateDir: node.stateDir,
        advertiseAddress: address,
        log: { info: () => undefined, warn: () => undefined, error: () => undefined },
        times: {
          rayStartMs: 5_000,
          askWhileStartingMs: 50,
          askWhileRunningMs: 200,
          readOutputMs: 200,
          stopGraceSeconds: 1,
        },
      },
      stop.signal,
    ),
  )
  running.catch(() => undefined)
  node.life = { stop, running }
}

async function closing(connection: Connection, use: (connection: Connection) => Promise<void>): Promise<void> {
  await using open = connection
  await use(open)
}

async function stopAgent(node: TestNode): Promise<void> {
  node.life?.stop.abort()
  await node.life?.running.catch(() => undefined)
  node.life = null
}

const environment = (name: string) => ({
  name,
  config_json: {
    docker_image: 'registry.example.com/team/trainer:1',
    ray_version: '2.55.1',
    registry_login_secret: 'login',
  },
})

async function startedCluster(workers: number): Promise<Cluster> {
  await call('POST', '/cluster_environments', environment('trainer'))
  const made = await call<Cluster>('POST', '/clusters', {
    name: 'c1',
    cluster_environment: 'trainer',
    worker_count: workers,
  })
  return call<Cluster>('POST', `/clusters/${made.id}/start`, {})
}

const clusterIs = (id: string, state: Cluster['state'], timeout = 15_000) =>
  vi.waitFor(async () => expect((await call<Cluster>('GET', `/clusters/${id}`)).state).toBe(state), {
    timeout,
    interval: 50,
  })

describe('control plane and agents', () => {
  test('check a build on a node, live', async () => {
    await startAgent(await joinedNode('node-1'), '10.0.0.1')
    const made = await call<{ latest_build: Build }>('POST', '/cluster_environments', environment('trainer'))
    await vi.waitFor(
      async () => {
        const build = await call<Build>('GET', `/cluster_environment_builds/${made.latest_build.id}`)
        expect(build).toMatchObject({ status: 'succeeded', size_bytes: 1000, platform: 'linux/amd64' })
      },
      { timeout: 10_000, interval: 50 },
    )
  })

  test('reports the code of a build whose check fails', async () => {
    const node = await joinedNode('node-1')
    node.puller.failures.push(problem('CREDENTIAL_SERVER_MISMATCH', { registry: 'registry.example.com' }))
    await startAgent(node, '10.0.0.1')
    const made = await call<{ latest_build: Build }>('POST', '/cluster_environments', environment('trainer'))
    await vi.waitFor(
      async () => {
        const build = await call<Build>('GET', `/cluster_environment_builds/${made.latest_build.id}`)
        expect(build).toMatchObject({ status: 'failed', problem: { code: 'CREDENTIAL_SERVER_MISMATCH' } })
      },
      { timeout: 10_000, interval: 50 },
    )
  })

  test('bring up a cluster of two nodes, and remove it when it is terminated', async () => {
    const [head, worker] = [await joinedNode('node-1'), await joinedNode('node-2')]
    for (const [index, node] of [head, worker].entries()) {
      node.engine.ray = { alive: 2, here: true }
      await startAgent(node, `10.0.0.${index + 1}`)
    }
    const cluster = await startedCluster(1)
    await clusterIs(cluster.id, 'Running')
    const running = await call<Cluster>('GET', `/clusters/${cluster.id}`)
    expect(running).toMatchObject({ alive_nodes: 2, problem: null })
    expect(running.nodes.map((node) => node.phase)).toEqual(['running', 'running'])
    expect([head, worker].map((node) => node.engine.all.size)).toEqual([1, 1])
    await call('POST', `/clusters/${cluster.id}/terminate`, {})
    await clusterIs(cluster.id, 'Terminated')
    expect([head, worker].map((node) => node.engine.all.size)).toEqual([0, 0])
    await call('POST', `/clusters/${cluster.id}/start`, {})
    await clusterIs(cluster.id, 'Running')
  })

  test('give a cluster whose image does not fit the room of what was prefetched', async () => {
    const node = await joinedNode('node-1')
    await startAgent(node, '10.0.0.1')
    const trainer = await call<{ latest_build: Build }>('POST', '/cluster_environments', environment('trainer'))
    const ahead = { ...environment('ahead'), prefetch: true }
    const prefetched = await call<{ latest_build: Build }>('POST', '/cluster_environments', ahead)
    await vi.waitFor(
      async () => {
        const { status } = await call<Build>('GET', `/cluster_environment_builds/${trainer.latest_build.id}`)
        expect(status).toBe('succeeded')
        expect(node.engine.names).toEqual(new Set([prefetchedName(prefetched.latest_build.id)]))
      },
      { timeout: 10_000, interval: 50 },
    )
    node.puller.failures.push(problem('NODE_DISK_FULL'))
    const made = await call<Cluster>('POST', '/clusters', {
      name: 'c1',
      cluster_environment: 'trainer',
      worker_count: 0,
    })
    await call('POST', `/clusters/${made.id}/start`, {})
    await clusterIs(made.id, 'Running')
    expect(node.engine.names).toEqual(new Set())
  })

  test('give the room of what was prefetched to whatever fills the disk of the engine', async () => {
    const node = await joinedNode('node-1')
    node.engine.names.add(prefetchedName(newId('bld')))
    // A file system without any room.
    node.engine.dataRoot = async () => '/proc'
    await startAgent(node, '10.0.0.1')
    await vi.waitFor(() => expect(node.engine.names).toEqual(new Set()), { timeout: 10_000, interval: 50 })
  })

  test('report why a start failed, and free the node for the next', async () => {
    const node = await joinedNode('node-1')
    node.engine.onStart = 3
    await startAgent(node, '10.0.0.1')
    const cluster = await startedCluster(0)
    await clusterIs(cluster.id, 'StartupErrored')
    const failed = await call<Cluster>('GET', `/clusters/${cluster.id}`)
    expect(failed.problem).toMatchObject({ code: 'RAY_START_FAILED' })
    await vi.waitFor(() => expect(node.engine.all.size).toBe(0))
    node.engine.onStart = 'run'
    await call('POST', `/clusters/${cluster.id}/terminate`, {}).catch(() => undefined)
    await vi.waitFor(() => call('POST', `/clusters/${cluster.id}/start`, {}), { timeout: 10_000, interval: 100 })
    await clusterIs(cluster.id, 'Running')
  })

  test('continue with the same container after the agent is killed in the middle of a start', async () => {
    const node = await joinedNode('node-1')
    node.engine.ray = null
    await startAgent(node, '10.0.0.1')
    const cluster = await startedCluster(0)
    await vi.waitFor(() => expect(node.engine.all.size).toBe(1), { timeout: 10_000 })
    await stopAgent(node)
    node.engine.ray = { alive: 1, here: true }
    await startAgent(node, '10.0.0.1')
    await clusterIs(cluster.id, 'Running')
    expect(node.engine.most).toBe(1)
    expect(node.puller.pulled).toHaveLength(1)
    await stopAgent(node)
    await startAgent(node, '10.0.0.1')
    await sleep(1500)
    await clusterIs(cluster.id, 'Running')
    expect(node.engine.most).toBe(1)
  })

  test('reconnect after the control plane is down in the middle of a start', async () => {
    const node = await joinedNode('node-1')
    const gate = Promise.withResolvers<void>()
    node.puller.gate = gate.promise
    await startAgent(node, '10.0.0.1')
    const cluster = await startedCluster(0)
    await vi.waitFor(() => expect(node.puller.pulled).toHaveLength(1), { timeout: 10_000 })
    await plane.close()
    gate.resolve()
    await vi.waitFor(() => expect(node.engine.all.size).toBe(1), { timeout: 10_000 })
    await startPlane()
    await clusterIs(cluster.id, 'Running', 30_000)
    expect(node.puller.pulled).toHaveLength(1)
  })

  test('end the agent of a revoked node with that code', async () => {
    const node = await joinedNode('node-1')
    await startAgent(node, '10.0.0.1')
    const identity = (await loadIdentity(node.stateDir))!
    await vi.waitFor(async () =>
      expect((await call<Node>('GET', `/nodes/${identity.nodeId}`)).facts?.engine_version).toBe('20.10.24'),
    )
    await call('POST', `/nodes/${identity.nodeId}/revoke`, {})
    await expect(node.life?.running).rejects.toMatchObject({ code: 'NODE_REVOKED' })
  })
})
