/** Plain pulls on a separate machine by engines that get their logins from our helper: Docker, with and without an agent, and podman's family. */
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  cliJson,
  createCa,
  createNetwork,
  fairleadProgram,
  makeImage,
  newFolder,
  pushImage,
  startFairleadAgent,
  startFairleadServe,
  startHostileRegistry,
  startRecorder,
  startRegistry,
  startTokenServer,
  type CommandResult,
  type Machine,
  type Recorder,
  type Registry,
  type TestNetwork,
} from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LoggedDecision } from '../decision-log.ts'
import { buildahOn, podmanOn, skopeoOn } from '../testing/tested-engine.ts'

const username = 'robot'
const password = 'canary-2mVx8Qd1tRzK'
const login = { username, password }
const helper = fileURLToPath(new URL('bin.mjs', import.meta.url))

const parts = new AsyncDisposableStack()
let network: TestNetwork
let machine: Machine
let basic: Registry
let bearer: Registry
let villain: Recorder
let hostile: Recorder
let env: Record<string, string>

beforeAll(async () => {
  network = parts.use(await createNetwork())
  const host = network.hostAddress
  const tls = await createCa()
  const tokenServer = parts.use(
    await startTokenServer({ host, tls, users: { [username]: { password, pull: ['*'], push: ['*'] } } }),
  )
  basic = parts.use(await startRegistry({ host, tls, auth: { kind: 'htpasswd', users: { [username]: password } } }))
  bearer = parts.use(await startRegistry({ host, tls, auth: { kind: 'token', tokenServer } }))
  villain = parts.use(await startRecorder({ host, tls }))
  hostile = parts.use(await startHostileRegistry({ host, tls, realm: `${villain.origin}/token` }))
  const image = await makeImage({ base: 'none', files: { hello: 'hello' } })
  await Promise.all([basic, bearer].map((registry) => pushImage(registry, 'team/app', '1', image, login)))

  machine = await network.machine('docker-user')
  await machine.startEngine()
  const hosts = [basic.host, bearer.host, hostile.host]
  await mkdir(join(machine.etcDir, 'secrets'), { mode: 0o700 })
  await writeFile(join(machine.etcDir, 'ca.pem'), tls.caPem)
  for (const [index, registry] of hosts.entries()) {
    await mkdir(join(machine.dockerEtcDir, 'certs.d', registry), { recursive: true })
    await writeFile(join(machine.dockerEtcDir, 'certs.d', registry, 'ca.crt'), tls.caPem)
    const secret = JSON.stringify({ ...login, server: registry })
    await writeFile(join(machine.etcDir, 'secrets', `login-${index}`), secret, { mode: 0o600 })
  }
  await writeFile(
    join(machine.etcDir, 'policy.yaml'),
    JSON.stringify({
      registry_ca: Object.fromEntries(hosts.map((registry) => [registry, '/etc/fairlead/ca.pem'])),
      trusted_realms: [{ registry: bearer.host, realm: tokenServer.realm }],
    }),
  )
  const bin = newFolder('bin')
  await symlink(helper, join(bin, 'docker-credential-fairlead'))
  env = { PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin` }
  await machine.mustExec(
    process.execPath,
    [fairleadProgram, 'configure-docker', ...hosts.map((registry, index) => `${registry}=login-${index}`)],
    { env },
  )
})
afterAll(() => parts.disposeAsync())

async function pull(registry: string): Promise<CommandResult> {
  const image = `${registry}/team/app:1`
  await machine.exec('docker', ['image', 'rm', image], { env })
  return machine.exec('docker', ['pull', image], { env })
}

async function decisions(): Promise<LoggedDecision[]> {
  const text = await readFile(join(machine.stateDir, 'login-decisions.jsonl'), 'utf8')
  expect(text).not.toContain(password)
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LoggedDecision)
}

function describePulls(by: LoggedDecision['by']): void {
  test.each([
    ['that asks for Basic', () => basic],
    ['with a token server that the node trusts', () => bearer],
  ])('pulls the image from a private registry %s', async (_, registry) => {
    const pulled = await pull(registry().host)
    expect(pulled).toMatchObject({ status: 0, stderr: '' })
    expect((await decisions()).at(-1)).toMatchObject({
      door: 'docker',
      asked: registry().host,
      decision: 'answered',
      by,
    })
  })

  test('S2: if a registry names an attacker’s realm, neither gets anything, and the user learns why', async () => {
    villain.clear()
    hostile.clear()
    const pulled = await pull(hostile.host)
    expect(pulled.status).not.toBe(0)
    expect(pulled.stderr).toContain('(TOKEN_REALM_NOT_TRUSTED)')
    expect(pulled.stderr).toContain(`${villain.origin}/token`)
    for (const recorder of [villain, hostile]) {
      expect(recorder.saw(password)).toBe(false)
      expect(recorder.requests.filter((request) => request.login !== null)).toEqual([])
    }
    expect((await decisions()).at(-1)).toMatchObject({ decision: 'refused', code: 'TOKEN_REALM_NOT_TRUSTED', by })
  })
}

describe('without an agent', () => {
  describePulls('program')

  test('Docker uses a login left under auths if the helper refuses, which is why configure-docker warns about it', async () => {
    const file = join(machine.homeDir, '.docker', 'config.json')
    const before = await readFile(file, 'utf8')
    const auth = Buffer.from('left:over').toString('base64')
    const config = { ...(JSON.parse(before) as object), auths: { [hostile.host]: { auth } } }
    await writeFile(file, JSON.stringify(config))
    villain.clear()
    await pull(hostile.host)
    await writeFile(file, before)
    expect(villain.requests.map((request) => request.login)).toContainEqual({ username: 'left', password: 'over' })
    expect(villain.saw(password)).toBe(false)
  })
})

// They read Docker's own file, and ask the helper that it names.
describe.each([
  ['podman', podmanOn],
  ['buildah', buildahOn],
  ['skopeo', skopeoOn],
])('%s', (_, start) => {
  test('pulls the image from a private registry with the login that Docker’s helper gives it', async () => {
    const engine = await start(machine, { env })
    for (const { host } of [basic, bearer]) {
      expect(await engine.pull(`${host}/team/app:1`)).toEqual({ ok: true, text: '' })
      expect((await decisions()).at(-1)).toMatchObject({ door: 'docker', asked: host, decision: 'answered' })
    }
  })

  test('S2: if a registry names an attacker’s realm, gets nothing, and shows why', async () => {
    const engine = await start(machine, { env })
    villain.clear()
    hostile.clear()
    const { ok, text } = await engine.pull(`${hostile.host}/team/app:1`)
    expect(ok).toBe(false)
    expect(text).toContain('(TOKEN_REALM_NOT_TRUSTED)')
    for (const recorder of [villain, hostile]) {
      expect(recorder.saw(password)).toBe(false)
      expect(recorder.requests.filter((request) => request.login !== null)).toEqual([])
    }
  })
})

describe('with an agent', () => {
  beforeAll(async () => {
    const serve = parts.use(await startFairleadServe({ listen: `${network.hostAddress}:0` }))
    const access = { host: serve.origin, token: serve.adminToken, caFile: serve.caFile }
    await cliJson(['cloud', 'create', '-n', 'home', '--provider', 'local'], access)
    parts.use(await startFairleadAgent({ machine, serve, name: 'docker-user', provider: 'local' }))
  })

  describePulls('agent')

  test('only its own user can use its socket', async () => {
    const mode = await machine.mustExec('stat', ['-c', '%a %U', '/var/lib/fairlead/logins.sock'])
    expect(mode.trim()).toBe('600 root')
  })
})
