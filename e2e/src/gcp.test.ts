/** Nodes on Google Cloud: the metadata server says who they are, and Secret Manager gives them the login; with a control plane and without. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  cli,
  cliJson,
  createCa,
  createNetwork,
  fairleadProgram,
  makeFakeRayImage,
  newFolder,
  pushImage,
  startFairleadAgent,
  startFairleadServe,
  startGoogle,
  startRegistry,
} from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSystem } from './start-system.ts'

const login = { username: 'puller', password: 'hunter2-of-gcp' }
const rayVersion = '2.55.1'

async function start(parts: AsyncDisposableStack) {
  const network = parts.use(await createNetwork())
  const host = network.hostAddress
  const ca = await createCa()
  const google = parts.use(await startGoogle({ ca, host, projects: { 'other-project': '999999999999' } }))
  const auth = { kind: 'htpasswd', users: { [login.username]: login.password } } as const
  const registry = parts.use(await startRegistry({ host, tls: ca, auth }))
  await pushImage(registry, 'team/trainer', '1', await makeFakeRayImage({ rayVersion }), login)
  const put = (secret: string, content: string = JSON.stringify({ ...login, server: registry.host })): void => {
    google.secrets.add(secret, content)
    google.secrets.allow(secret, `serviceAccount:${google.machine.email}`)
  }
  put('projects/my-project/secrets/login')
  put('projects/my-project/locations/europe-west3/secrets/regional')
  put('projects/other-project/secrets/shared')
  put('projects/my-project/secrets/elsewhere', JSON.stringify({ ...login, server: 'registry.example.com' }))
  google.secrets.add('projects/my-project/secrets/closed', 'nobody may read this')

  const machine = await network.machine('node')
  await machine.startEngine()
  const owner = {
    proxy: google.proxyUrl,
    secret_manager_ca: ca.caFile,
    registry_ca: { [registry.host]: ca.caFile },
    disk_reserve_bytes: 0,
  }
  await writeFile(join(machine.etcDir, 'policy.yaml'), JSON.stringify(owner), { mode: 0o600 })
  const map = { provider: 'gcp', registries: { [registry.host]: 'login' } }
  await writeFile(join(machine.etcDir, 'docker-credential.yaml'), JSON.stringify(map), { mode: 0o600 })

  const serve = parts.use(await startFairleadServe({ listen: `${host}:0` }))
  const access = { host: serve.origin, token: serve.adminToken, caFile: serve.caFile }
  const env = { GCE_METADATA_HOST: google.metadataHost }
  return {
    google,
    registry,
    machine,
    image: `${registry.host}/team/trainer:1`,
    onNode: (args: readonly string[], input?: string) =>
      machine.exec(process.execPath, args, {
        env: { NO_COLOR: '1', ...env },
        timeoutMs: 100_000,
        ...(input !== undefined && { input }),
      }),
    /** A cloud of that project, with a checker on the machine. */
    async checkerOf(name: string, projectId: string) {
      const place = ['--provider', 'gcp', '--project-id', projectId, '--join', 'token', '--allow-any-secret']
      await cliJson(['cloud', 'create', '-n', name, ...place], access)
      const policy = join(machine.etcDir, 'policy.yaml')
      const asked = { serve, name, cloudName: name, provider: 'gcp', checker: true, policy, env } as const
      return startFairleadAgent(asked)
    },
    async build(name: string, secret: string, cloud: string) {
      const file = join(newFolder('config'), 'env.yaml')
      const image = `${registry.host}/team/trainer:1`
      const config = { docker_image: image, ray_version: rayVersion, registry_login_secret: secret }
      await writeFile(file, JSON.stringify(config))
      return cli(['cluster-env', 'build', '-n', name, '--cloud-name', cloud, file], { ...access, timeoutMs: 60_000 })
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

let system: Awaited<ReturnType<typeof start>>
beforeAll(async () => {
  system = await startSystem(start)
})
afterAll(async () => {
  await system[Symbol.asyncDispose]()
})

describe('with a control plane', () => {
  test('the build is checked with the login that the service account may read, and not without that right', async () => {
    await using _ = await system.checkerOf('google', 'my-project')
    const good = await system.build('allowed', 'login', 'google')
    expect(good.status, good.stdout + good.stderr).toBe(0)
    const refused = await system.build('denied', 'closed', 'google')
    expect(refused.status).toBe(6)
    expect(refused.stdout + refused.stderr).toContain('SECRET_ACCESS_DENIED')
  })

  test('S21: a node of another project than its cloud says takes no orders, and reads no secret', async () => {
    await using _ = await system.checkerOf('other', 'other-project')
    const asked = system.google.requests.length
    const refused = await system.build('astray', 'projects/other-project/secrets/shared/versions/1', 'other')
    expect(refused.status).not.toBe(0)
    expect(refused.stdout + refused.stderr).toContain('DESIRED_STATE_REFUSED')
    expect(system.google.requests.length).toBe(asked)
  })
})

describe('without a server', () => {
  const pull = (secret: string) =>
    system.onNode([fairleadProgram, 'pull', system.image, '--registry-login-secret', secret, '--provider', 'gcp'])

  test.each([
    ['by its name', 'login'],
    ['by its full identifier', '/projects/my-project/secrets/login/versions/1'],
    ['of another project', 'projects/other-project/secrets/shared/versions/latest'],
    ['of one region', 'projects/my-project/locations/europe-west3/secrets/regional/versions/latest'],
  ])('`fairlead pull` brings the image with a secret %s', async (_, secret) => {
    await system.machine.exec('docker', ['image', 'rm', '-f', system.image])
    const pulled = await pull(secret)
    expect(pulled.status, pulled.stdout + pulled.stderr).toBe(0)
    expect(pulled.stdout + pulled.stderr).not.toContain(login.password)
    await system.machine.mustExec('docker', ['image', 'inspect', system.image])
  })

  test.each([
    ['that the node may not read', 'closed', 6, 'SECRET_ACCESS_DENIED'],
    ['for another registry', 'elsewhere', 3, 'CREDENTIAL_SERVER_MISMATCH'],
  ])('a secret %s brings nothing', async (_, secret, status, code) => {
    const pulled = await pull(secret)
    expect(pulled.status, pulled.stdout + pulled.stderr).toBe(status)
    expect(pulled.stderr).toContain(`(${code})`)
    expect(pulled.stdout + pulled.stderr).not.toContain(login.password)
  })

  test('the Docker credential helper answers with the login that Secret Manager gave', async () => {
    const file = '../../packages/doors/src/docker-credential/bin.mjs'
    const helper = [fileURLToPath(new URL(file, import.meta.url)), 'get']
    const { status, stdout } = await system.onNode(helper, system.registry.host)
    expect(status, stdout).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      ServerURL: system.registry.host,
      Username: login.username,
      Secret: login.password,
    })
  })
})
