/** What goes wrong on a node: Docker, Ray in the image, the workload itself; through the CLI, on a real engine. */
import { type ProblemCode } from '@fairlead/contract/problems'
import { PullRecord } from '@fairlead/contract/wire'
import type { CommandResult } from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectProblem as expectProblemOf } from './expect-problem.ts'
import { startOneNodeSystem, type OneNodeSystem } from './one-node-system.ts'

let system: OneNodeSystem
let image: string

beforeAll(async () => {
  system = await startOneNodeSystem()
  image = system.image.reference
})
afterAll(() => system[Symbol.asyncDispose]())

const expectProblem = (result: CommandResult, code: ProblemCode): void =>
  expectProblemOf(result, code, [system.login.password])

async function startCluster(name: string, ...flags: string[]): Promise<CommandResult> {
  return system.fairlead('cluster', 'start', '-n', name, '--env', name, ...flags)
}

async function terminate(name: string): Promise<void> {
  const result = await system.fairlead('cluster', 'terminate', '-n', name)
  expect(result.status, result.stdout + result.stderr).toBe(0)
}

const dockerNames = async (...args: string[]): Promise<string[]> =>
  (await system.machine.mustExec('docker', args)).split('\n').filter(Boolean)

describe('fairlead pull, without any server', () => {
  test('takes every step, tags the image as named, and leaves nothing of the gateway behind', async () => {
    const result = await system.type('pull', image, '--registry-login-secret', 'login')
    expect(result.status, result.stderr).toBe(0)
    expect(await dockerNames('images', '--format', '{{.Repository}}:{{.Tag}}')).toEqual([image])
    expect(result.stdout + result.stderr).not.toContain(system.login.password)
  })

  test('--json prints the digest, the image and the record, and a second pull downloads nothing', async () => {
    const result = await system.type('pull', image, '--registry-login-secret', 'login', '--json')
    const answer = JSON.parse(result.stdout) as { digest: string; record: unknown }
    expect(PullRecord.parse(answer.record)).toMatchObject({
      purpose: 'once',
      sequence: 2,
      decision: 'authenticated',
      digest: answer.digest,
      bytes: 0,
    })
  })

  test('reports a mismatch as one problem, with exit 3', async () => {
    await system.secrets.put('elsewhere', { ...system.login, server: 'docker.io' })
    expectProblem(
      await system.type('pull', image, '--registry-login-secret', 'elsewhere'),
      'CREDENTIAL_SERVER_MISMATCH',
    )
  })

  test('no Docker at that socket', async () => {
    expectProblem(
      await system.type('pull', image, '--registry-login-secret', 'login', '--docker-socket', '/run/none.sock'),
      'ENGINE_UNREACHABLE',
    )
  })

  test('a missing secret, and one that other users can read', async () => {
    expectProblem(await system.type('pull', image, '--registry-login-secret', 'nothing'), 'SECRET_NOT_FOUND')
    await system.secrets.put('open', { ...system.login, server: system.registry.host })
    await system.machine.mustExec('chmod', ['0644', '/etc/fairlead/secrets/open'])
    expectProblem(await system.type('pull', image, '--registry-login-secret', 'open'), 'SECRET_FILE_UNSAFE')
  })
})

describe('Ray in the image', () => {
  test('an image without Ray', async () => {
    await system.build('no-ray', { docker_image: await system.push('team/none', { ray: 'none' }) })
    expectProblem(await startCluster('no-ray'), 'RAY_NOT_IN_IMAGE')
    await terminate('no-ray')
  })

  test('another minor version fails, naming both', async () => {
    await system.build('other-ray', { ray_version: '2.54.0' })
    const result = await startCluster('other-ray')
    expectProblem(result, 'RAY_VERSION_MISMATCH')
    expect(result.stderr).toMatch(/2\.55\.1.*2\.54\.0/s)
    await terminate('other-ray')
  })

  test('another patch version is a warning', async () => {
    await system.build('patch-ray', { ray_version: '2.55.0' })
    const result = await startCluster('patch-ray')
    expect(result.status, result.stderr).toBe(0)
    expect(result.stdout).toContain('RAY_VERSION_MISMATCH')
    await terminate('patch-ray')
  })

  test('a Ray that exits at once: its last lines stay on the node', async () => {
    await system.build('ending', { env_vars: { FAKE_RAY_EXIT: '7' } })
    expectProblem(await startCluster('ending'), 'RAY_START_FAILED')
    const logs = await system.type('agent', 'logs')
    expect(logs.stdout).toContain('Ray was told to end with 7')
    await terminate('ending')
  })
})

test('fails the start with its code when Docker is down, and recovers on its own', async () => {
  await system.build('engine')
  // Stopped meanwhile: every 20 s it reports whether Docker runs, and a node without Docker gets no cluster.
  system.agent.kill('SIGSTOP')
  await startCluster('engine', '--no-wait')
  await system.engine.halt()
  system.agent.kill('SIGCONT')
  await system.untilCluster('engine', ({ nodes }) =>
    nodes.some(({ problem }) => problem?.code === 'ENGINE_UNREACHABLE'),
  )
  await system.engine.start()
  await system.untilCluster('engine', ({ state }) => state === 'Running')
  await terminate('engine')
})
