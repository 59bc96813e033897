/**
 * The main path through everything, on real parts: the page's YAML, a private registry, a secret manager, two nodes with their own engines
 * and a real Ray image. The password goes from the secret manager to the nodes, and nowhere else.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Build, Cluster, ClusterConnection, chainStart, page, PullRecord } from '@fairlead/contract/wire'
import { newFolder, rayTaskOnEachNode, rayVersion, realRay, whileRayStarts } from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectPasswordOnlyInSecretManager } from './password-search.ts'
import { rayFromNeighbour, untilRayReached } from './ray-from-outside.ts'
import { startTwoNodeSystem, type TwoNodeSystem } from './two-node-system.ts'

let system: TwoNodeSystem

beforeAll(async () => {
  system = await startTwoNodeSystem(realRay())
})
afterAll(() => system[Symbol.asyncDispose]())

describe('from the YAML file to a Ray cluster on two nodes', () => {
  test('the build is registered and checked on a node', async () => {
    const file = join(newFolder('config'), 'my_cluster_env.yaml')
    await writeFile(
      file,
      `docker_image: ${system.image.reference}\nray_version: ${rayVersion}\nenv_vars:\n  MY_VAR: value\nregistry_login_secret: ${system.secretName}\n`,
    )
    const result = await system.fairlead('cluster-env', 'build', '-n', 'trainer', file)
    expect(result.status, result.stderr).toBe(0)
    expect(result.stdout).toContain('Registering and checking')
    expect(result.stdout).toContain(system.image.digest)
    const got = await system.fairlead('cluster-env', 'get', 'trainer', '--json')
    expect(Build.parse(JSON.parse(got.stdout))).toMatchObject({
      revision: 1,
      status: 'succeeded',
      digest: system.image.digest,
      platform: 'linux/amd64',
    })
  })

  test('the cluster runs when Ray lists both nodes alive, and a task runs on each', async () => {
    const result = await whileRayStarts(() =>
      system.fairlead('cluster', 'start', '-n', 'ray', '--env', 'trainer:1', '--workers', '1'),
    )
    expect(result.status, result.stdout + result.stderr).toBe(0)
    const status = await system.fairlead('cluster', 'status', '-n', 'ray', '--json')
    const cluster = Cluster.parse(JSON.parse(status.stdout))
    expect(cluster).toMatchObject({ state: 'Running', alive_nodes: 2, digest: system.image.digest })
    expect(cluster.nodes.map(({ role, phase }) => `${role} ${phase}`).sort()).toEqual([
      'head running',
      'worker running',
    ])
    expect(await rayTaskOnEachNode(await system.head())).toEqual(
      system.nodes.map(({ machine }) => machine.address).sort(),
    )
  })

  test('the containers have the env vars, and lack what a workload must not have', async () => {
    for (const node of system.nodes) {
      const [container] = await node.containers()
      expect(container).toMatchObject({
        HostConfig: {
          Privileged: false,
          NetworkMode: 'host',
          CapDrop: expect.arrayContaining(['NET_RAW', 'NET_ADMIN', 'NET_BIND_SERVICE']),
        },
        Config: { Env: expect.arrayContaining(['MY_VAR=value']) },
      })
    }
  })

  test('a neighbour without the cluster token gets into Ray through none of its ports; with the token it does', async () => {
    const connect = ['cluster', 'connect', '-n', 'ray']
    const { stdout } = await system.fairlead(...connect, '--json')
    const { ray_address, ray_token } = ClusterConnection.parse(JSON.parse(stdout))
    const head = new URL(ray_address).hostname
    const right = { RAY_AUTH_MODE: 'token', RAY_AUTH_TOKEN: ray_token ?? '' }
    expect(await untilRayReached(system, ray_address, right)).toContain('REACHED 2')
    // The ports answer by now. Ray has a stranger try three times, so each port gets its own stranger.
    const strangers = [
      [ray_address, { RAY_CLIENT_MAX_CONNECTION_TIMEOUT_S: '5' }],
      [`${head}:6379`, { ...right, RAY_AUTH_TOKEN: `frt_${'A'.repeat(43)}` }],
    ] as const
    const answers = await Promise.all(strangers.map(([address, env]) => rayFromNeighbour(system, address, env)))
    for (const said of answers) {
      expect(said).not.toContain('REACHED')
      expect(said).toMatch(/connection timeout|AuthenticationError|Failed to connect to Ray cluster/)
    }
    // What the user types: the command finds both in its environment.
    const run = await system.fairlead(
      ...connect,
      '--',
      'sh',
      '-c',
      'echo "$RAY_ADDRESS $RAY_AUTH_MODE $RAY_AUTH_TOKEN"',
    )
    expect(run).toMatchObject({ status: 0, stdout: `${ray_address} token ${ray_token}\n` })
  })

  test('the token is in no log, and Docker shows it for no container', async () => {
    const { stdout } = await system.fairlead('cluster', 'connect', '-n', 'ray', '--json')
    const { ray_token } = ClusterConnection.parse(JSON.parse(stdout))
    const logs = [await readFile(system.serve.logFile, 'utf8')]
    for (const { agent, containers } of system.nodes) {
      logs.push(await readFile(agent.logFile, 'utf8'), JSON.stringify(await containers()))
    }
    expect(logs.join('').length).toBeGreaterThan(1000)
    expect(logs.join('')).toContain('RAY_AUTH_TOKEN_PATH')
    expect(logs.join('')).not.toContain(ray_token)
  })

  test('each node keeps an unbroken chain of pull records, which say what was decided', async () => {
    const result = await system.fairlead('pulls', 'list', '--json')
    const pulls = page(PullRecord).parse(JSON.parse(result.stdout)).results
    expect(pulls.filter(({ purpose }) => purpose === 'cluster')).toHaveLength(2)
    for (const { nodeId } of system.nodes) {
      const chain = pulls.filter(({ node_id }) => node_id === nodeId).sort((a, b) => a.sequence - b.sequence)
      expect(chain.map(({ previous_hash }) => previous_hash)).toEqual([
        chainStart,
        ...chain.slice(0, -1).map(({ hash }) => hash),
      ])
      for (const record of chain) {
        expect(record).toMatchObject({ decision: 'authenticated', code: null, digest: system.image.digest })
        expect(record.secret_version).not.toBeNull()
      }
    }
  })

  test('the password is in the secret manager and nowhere in the control plane (S1), nor on a disk of a node (S5)', () =>
    expectPasswordOnlyInSecretManager(system))

  test('an agent that restarts finds its container, and pulls nothing', async () => {
    const before = await system.containerIds()
    const fetched = await system.image.layerRequests()
    for (const { agent } of system.nodes) {
      agent.kill('SIGKILL')
      await agent.restart()
    }
    await system.untilCluster(
      'ray',
      ({ state, nodes }) => state === 'Running' && nodes.every(({ phase }) => phase === 'running'),
    )
    expect(await system.containerIds()).toEqual(before)
    expect(await system.image.layerRequests()).toBe(fetched)
  })

  test('terminate stops and removes the containers', async () => {
    const result = await system.fairlead('cluster', 'terminate', '-n', 'ray')
    expect(result.status, result.stderr).toBe(0)
    await system.untilCluster('ray', ({ state }) => state === 'Terminated')
    expect(await system.containerIds()).toEqual([])
  })
})
