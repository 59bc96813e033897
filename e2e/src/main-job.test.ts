/**
 * The one walk that matters, on real parts: the page's YAML, a private registry, a secret manager, two nodes with their own engines and a
 * real Ray image. The password goes from the secret manager to the nodes, and nowhere else.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Build, Cluster, ClusterConnection, chainStart, page, PullRecord } from '@fairlead/contract'
import { newFolder, scanFiles, scanMemory, secretForms } from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rayFromNeighbour, rayTaskOnEveryNode } from './ray-task.ts'
import { startTwoNodeSystem, type TwoNodeSystem } from './two-node-system.ts'

let system: TwoNodeSystem

beforeAll(async () => {
  system = await startTwoNodeSystem()
})
afterAll(() => system[Symbol.asyncDispose]())

describe('from the YAML file to a Ray cluster on two nodes', () => {
  test('the build is registered and checked on a node', async () => {
    const file = join(newFolder('config'), 'my_cluster_env.yaml')
    await writeFile(
      file,
      `docker_image: ${system.image}\nray_version: ${system.rayVersion}\nenv_vars:\n  MY_VAR: value\nregistry_login_secret: ${system.secretName}\n`,
    )
    const result = await system.fairlead('cluster-env', 'build', '-n', 'trainer', file)
    expect(result.status, result.stderr).toBe(0)
    expect(result.stdout).toContain('Registering and checking')
    expect(result.stdout).toContain(system.digest)
    const got = await system.fairlead('cluster-env', 'get', 'trainer', '--json')
    expect(Build.parse(JSON.parse(got.stdout))).toMatchObject({
      revision: 1,
      status: 'succeeded',
      digest: system.digest,
      platform: 'linux/amd64',
    })
  })

  test('the cluster runs when Ray lists both nodes alive, and a task runs on each', async () => {
    const result = await system.fairlead('cluster', 'start', '-n', 'ray', '--env', 'trainer:1', '--workers', '1')
    expect(result.status, result.stdout + result.stderr).toBe(0)
    const status = await system.fairlead('cluster', 'status', '-n', 'ray', '--json')
    const cluster = Cluster.parse(JSON.parse(status.stdout))
    expect(cluster).toMatchObject({ state: 'Running', alive_nodes: 2, digest: system.digest })
    expect(cluster.nodes.map(({ role, phase }) => `${role} ${phase}`).sort()).toEqual([
      'head running',
      'worker running',
    ])
    expect(await rayTaskOnEveryNode(system)).toEqual(system.nodes.map(({ machine }) => machine.address).sort())
  })

  test('the containers have the env vars, and lack what a workload must not have', async () => {
    for (const { machine } of system.nodes) {
      const [container] = await system.containersOn(machine)
      expect(container).toMatchObject({
        HostConfig: {
          Privileged: false,
          NetworkMode: 'host',
          CapDrop: expect.arrayContaining(['NET_RAW', 'NET_ADMIN']),
        },
        Config: { Env: expect.arrayContaining(['MY_VAR=value']) },
      })
    }
  })

  test('a neighbour without the token of the cluster gets into Ray at none of its ports; with the token it does', async () => {
    const connect = ['cluster', 'connect', '-n', 'ray']
    const { stdout } = await system.fairlead(...connect, '--json')
    const { ray_address, ray_token } = ClusterConnection.parse(JSON.parse(stdout))
    const head = new URL(ray_address).hostname
    const right = { RAY_AUTH_MODE: 'token', RAY_AUTH_TOKEN: ray_token ?? '' }
    // Ray lets a stranger wait for half a minute, so that each port has one.
    const strangers = [
      [ray_address, {}],
      [`${head}:6379`, { ...right, RAY_AUTH_TOKEN: `frt_${'A'.repeat(43)}` }],
    ] as const
    for (const [address, env] of strangers) {
      const said = await rayFromNeighbour(system, address, env)
      expect(said).not.toContain('REACHED')
      expect(said).toMatch(/connection timeout|AuthenticationError|Failed to connect to Ray cluster/)
    }
    expect(await rayFromNeighbour(system, ray_address, right)).toContain('REACHED 2')
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

  test('the token is in no log, and Docker tells it of no container', async () => {
    const { stdout } = await system.fairlead('cluster', 'connect', '-n', 'ray', '--json')
    const { ray_token } = ClusterConnection.parse(JSON.parse(stdout))
    const logs = [await readFile(system.serve.logFile, 'utf8')]
    for (const { machine, agent } of system.nodes) {
      logs.push(await readFile(agent.logFile, 'utf8'), JSON.stringify(await system.containersOn(machine)))
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
        expect(record).toMatchObject({ decision: 'authenticated', code: null, digest: system.digest })
        expect(record.secret_version).not.toBeNull()
      }
    }
  })

  test('the password is in the secret manager and nowhere in the control plane (S1), nor on a disk of a node (S5)', async () => {
    const forms = secretForms(system.password)
    expect((await scanMemory(system.moto.pid, forms)).findings, 'the positive control').not.toEqual([])
    for (const pid of system.serve.pids) {
      const memory = await scanMemory(pid, forms)
      expect(memory.findings).toEqual([])
      expect(memory.bytesRead).toBeGreaterThan(10_000_000)
    }
    const data = system.serve.database?.folder ?? system.serve.dir
    const folders = [data, system.serve.dir, dirname(system.serve.logFile)]
    const logs: string[] = []
    for (const { machine, agent } of system.nodes) {
      folders.push(machine.stateDir, machine.homeDir, machine.etcDir)
      logs.push(await readFile(agent.logFile, 'utf8'))
    }
    for (const folder of folders) expect((await scanFiles(folder, forms)).findings, folder).toEqual([])
    expect(logs.join('').length).toBeGreaterThan(1000)
    expect(logs.join('')).not.toContain(system.password)
    const reference = await scanFiles(data, secretForms(system.secretName))
    expect(reference.findings, 'the reference is there').not.toEqual([])
  })

  test('an agent that is restarted finds its container, and pulls nothing', async () => {
    const before = await system.containerIds()
    const fetched = await system.layerRequests()
    for (const { agent } of system.nodes) {
      agent.kill('SIGKILL')
      await agent.restart()
    }
    await system.untilCluster(
      'ray',
      ({ state, nodes }) => state === 'Running' && nodes.every(({ phase }) => phase === 'running'),
    )
    expect(await system.containerIds()).toEqual(before)
    expect(await system.layerRequests()).toBe(fetched)
  })

  test('terminate stops and removes the containers', async () => {
    const result = await system.fairlead('cluster', 'terminate', '-n', 'ray')
    expect(result.status, result.stderr).toBe(0)
    await system.untilCluster('ray', ({ state }) => state === 'Terminated')
    expect(await system.containerIds()).toEqual([])
  })

  test('the image is there by its own name alone, and a second start downloads nothing', async () => {
    const fetched = await system.layerRequests()
    const result = await system.fairlead('cluster', 'start', '-n', 'ray')
    expect(result.status, result.stdout + result.stderr).toBe(0)
    expect(await system.layerRequests()).toBe(fetched)
    for (const { machine } of system.nodes) {
      expect(await system.imageNamesOn(machine)).toEqual([system.image])
    }
  })
})

describe('killed in the middle of a start', () => {
  test.for(['control plane', 'agent'] as const)(
    'the %s: after a restart the cluster comes up, with one container a node',
    async (which) => {
      await system.fairlead('cluster', 'terminate', '-n', 'ray')
      await system.untilCluster('ray', ({ state }) => state === 'Terminated')
      await system.forgetImages()
      await system.fairlead('cluster', 'start', '-n', 'ray', '--no-wait')
      await system.untilCluster('ray', ({ nodes }) =>
        nodes.some(({ steps }) => steps.some(({ step }) => step === 'pull')),
      )
      const victims = which === 'agent' ? system.nodes.map(({ agent }) => agent) : [system.serve]
      for (const victim of victims) {
        victim.kill('SIGKILL')
        await victim.restart()
      }
      await system.untilCluster('ray', ({ state }) => state === 'Running')
      for (const { machine } of system.nodes) expect(await system.containersOn(machine)).toHaveLength(1)
      expect(await rayTaskOnEveryNode(system)).toEqual(system.nodes.map(({ machine }) => machine.address).sort())
    },
  )
})
