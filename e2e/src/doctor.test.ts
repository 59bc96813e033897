/**
 * `fairlead doctor` on a node, through the CLI, next to the check of a build on the same node: both say the same about the same image and
 * secret, and doctor names the step.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { problems, type ProblemCode } from '@fairlead/contract/problems'
import { cli, newFolder, type CommandResult } from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectProblem } from './expect-problem.ts'
import { startLoopbackSystem, type LoopbackSystem } from './loopback-system.ts'

let system: LoopbackSystem
beforeAll(async () => {
  system = await startLoopbackSystem()
})
afterAll(() => system[Symbol.asyncDispose]())

interface Question {
  readonly image?: string
  readonly secret?: string
}

/** Without Docker, as on a checker; only that step may fail. */
function doctor({ image = system.good.docker_image, secret = 'team/login' }: Question, ...flags: string[]) {
  const places = ['--policy', system.policy, '--docker-socket', '/nowhere/docker.sock', '--state-dir', '/nowhere/state']
  const about = ['--image', image, '--registry-login-secret', secret, '--provider', 'aws']
  return cli(['doctor', ...about, ...places, ...flags], { env: system.front.nodeEnv })
}

async function build(name: string, { image = system.good.docker_image, secret = 'team/login' }: Question) {
  const file = join(newFolder('config'), 'env.yaml')
  await writeFile(file, JSON.stringify({ ...system.good, docker_image: image, registry_login_secret: secret }))
  return system.fairlead('cluster-env', 'build', '-n', name, file)
}

interface Report {
  readonly ok: boolean
  readonly steps: readonly {
    step: string
    status: string
    duration_ms: number | null
    problem: { code: string } | null
  }[]
  readonly warnings: readonly { code: string }[]
}

function failedIn({ stdout, stderr }: CommandResult): string[] {
  for (const password of system.passwords) expect(stdout + stderr).not.toContain(password)
  const { steps } = JSON.parse(stdout) as Report
  return steps
    .filter(({ step, problem }) => step !== 'docker' && problem !== null)
    .map(({ step, problem }) => `${step} ${problem?.code}`)
}

test('a login that works: each step is reported with its time, and only Docker is missing', async () => {
  const { status, stdout, stderr } = await doctor({})
  expect(status).toBe(problems.ENGINE_UNREACHABLE.exit)
  for (const step of [
    'identity',
    'secret',
    'parse',
    'match',
    'reach',
    'tls',
    'challenge',
    'realm',
    'token',
    'manifest',
    'platform',
  ]) {
    expect(stdout).toMatch(new RegExp(`^  ${step} +done `, 'm'))
  }
  expect(stdout).toContain(`aws, ${system.moto.account}, ${system.moto.region}`)
  expect(stderr).toContain('(ENGINE_UNREACHABLE)')
  expect(failedIn(await doctor({}, '--json'))).toEqual([])
})

test('a login that may also push is accepted, and both the check and doctor warn about it', async () => {
  const built = await build('pusher', { secret: 'team/pusher' })
  expect(built.status, built.stderr).toBe(0)
  expect(built.stderr).toContain('(LOGIN_MAY_PUSH)')
  const { warnings } = JSON.parse((await doctor({ secret: 'team/pusher' }, '--json')).stdout) as Report
  expect(warnings).toContainEqual(expect.objectContaining({ code: 'LOGIN_MAY_PUSH' }))
  expect((await build('puller', {})).stderr).not.toContain('LOGIN_MAY_PUSH')
})

describe('the check of a build and doctor say the same', () => {
  const cases: [step: string, code: ProblemCode, ask: () => Promise<Question>][] = [
    ['secret', 'SECRET_NOT_FOUND', async () => ({ secret: 'team/nowhere' })],
    ['secret', 'SECRET_ACCESS_DENIED', () => stored('team/forbidden', {})],
    ['parse', 'SECRET_FIELD_INVALID', () => stored('team/doctor-empty', { password: '' })],
    ['match', 'CREDENTIAL_SERVER_MISMATCH', () => stored('team/doctor-elsewhere', { server: 'example.jfrog.io' })],
    ['reach', 'REGISTRY_UNREACHABLE', () => elsewhere('127.0.0.1:9')],
    ['tls', 'REGISTRY_TLS', () => elsewhere(system.strangerRegistry.host)],
    ['realm', 'TOKEN_REALM_NOT_TRUSTED', () => elsewhere(new URL(system.hostile.origin).host)],
    ['token', 'REGISTRY_LOGIN_REJECTED', () => stored('team/doctor-old', { password: 'old' })],
    ['manifest', 'REGISTRY_ACCESS_DENIED', async () => ({ image: `${system.registry.host}/other/app:1` })],
    ['manifest', 'IMAGE_NOT_FOUND', async () => ({ image: `${system.registry.host}/team/app:none` })],
  ]

  async function stored(secret: string, part: object): Promise<Question> {
    await system.moto.putSecret(secret, { ...system.login, ...part })
    return { secret }
  }
  async function elsewhere(host: string): Promise<Question> {
    const secret = `team/doctor-${host.replaceAll(/\W/g, '-')}`
    await stored(secret, { server: host })
    return { secret, image: `${host}/team/app:1` }
  }

  test.each(cases)('%s: %s', async (step, code, ask) => {
    const question = await ask()
    const name = `doctor-${code}`
    expectProblem(await build(name, question), code, system.passwords)
    expectProblem(
      await system.fairlead('cluster', 'start', '-n', name, '--env', name),
      'BUILD_FAILED',
      system.passwords,
    )
    expectProblem(await doctor(question), code, system.passwords)
    expect(failedIn(await doctor(question, '--json'))).toEqual([`${step} ${code}`])
  })
})

test('a secret for another registry: its server is on the terminal of the node, and neither in the report nor in the control plane', async () => {
  await system.moto.putSecret('team/doctor-shown', { ...system.login, server: 'shown.example.com' })
  const question = { secret: 'team/doctor-shown' }
  expect((await doctor(question)).stderr).toContain("the secret's server: shown.example.com")
  expect((await doctor(question, '--json')).stdout).not.toContain('shown.example.com')
  const told = await build('doctor-shown', question)
  expect(told.stderr).toContain('aws secretsmanager get-secret-value --secret-id team/doctor-shown')
  expect(told.stdout + told.stderr).not.toContain('shown.example.com')
})

test('an untrusted token realm: the node has the line for its policy, the control plane does not', async () => {
  const host = new URL(system.hostile.origin).host
  await system.moto.putSecret('team/doctor-realm', { ...system.login, server: host })
  const question = { image: `${host}/team/app:1`, secret: 'team/doctor-realm' }
  const line = `trusted_realms: [${JSON.stringify({ registry: host, realm: `${system.recorder.origin}/token` })}]`
  expect((await doctor(question)).stderr).toContain(line)
  const told = await build('doctor-realm', question)
  expect(told.stdout + told.stderr).not.toContain(system.recorder.origin)
  expect(system.recorder.connections).toBe(0)
})
