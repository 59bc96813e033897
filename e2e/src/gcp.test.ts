/** Nodes on Google Cloud: the metadata server says who they are, and Secret Manager gives them the login; with a control plane and without. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  basicRegistry,
  equip,
  fairleadProgram,
  fakeRay,
  googleSecrets,
  startFairleadAgent,
  startFairleadServe,
  startWhole,
  startWorld,
} from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const login = { username: 'puller', password: 'hunter2-of-gcp' }

const start = () =>
  startWhole(async (parts) => {
    const world = parts.use(
      await startWorld({
        login,
        registry: basicRegistry,
        secrets: googleSecrets({ projects: { 'other-project': '999999999999' } }),
        image: fakeRay(),
        serve: startFairleadServe,
        nodes: [],
      }),
    )
    const { registry, secrets, serve, ask } = world
    const { google, env } = secrets
    const good = { ...login, server: registry.host }
    await secrets.put('projects/my-project/locations/europe-west3/secrets/regional', good)
    await secrets.put('projects/other-project/secrets/shared', good)
    await secrets.put('elsewhere', { ...login, server: 'registry.example.com' })
    google.secrets.add('projects/my-project/secrets/closed', 'nobody may read this')

    const { machine } = await equip(world, 'node')
    const map = { provider: 'gcp', registries: { [registry.host]: 'login' } }
    await writeFile(join(machine.etcDir, 'docker-credential.yaml'), JSON.stringify(map), { mode: 0o600 })
    return {
      google,
      registry,
      machine,
      image: world.image.reference,
      onNode: (args: readonly string[], input?: string) =>
        machine.exec(process.execPath, args, {
          env: { NO_COLOR: '1', ...env },
          timeoutMs: 100_000,
          ...(input !== undefined && { input }),
        }),
      /** A cloud of that project, with a checker on the machine. */
      async checkerOf(name: string, projectId: string) {
        const place = ['--provider', 'gcp', '--project-id', projectId, '--join', 'token', '--allow-any-secret']
        await ask('cloud', 'create', '-n', name, ...place)
        const policy = join(machine.etcDir, 'policy.yaml')
        return startFairleadAgent({ serve, name, cloudName: name, provider: 'gcp', checker: true, policy, env })
      },
      build: (name: string, secret: string, cloud: string) =>
        world.build(name, { registry_login_secret: secret }, '--cloud-name', cloud),
    }
  })

let system: Awaited<ReturnType<typeof start>>
beforeAll(async () => {
  system = await start()
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

  test('S21: a node of a project other than the one its cloud names takes no orders, and reads no secret', async () => {
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
  ])('`fairlead pull` pulls the image with a secret %s', async (_, secret) => {
    await system.machine.exec('docker', ['image', 'rm', '-f', system.image])
    const pulled = await pull(secret)
    expect(pulled.status, pulled.stdout + pulled.stderr).toBe(0)
    expect(pulled.stdout + pulled.stderr).not.toContain(login.password)
    await system.machine.mustExec('docker', ['image', 'inspect', system.image])
  })

  test.each([
    ['that the node may not read', 'closed', 6, 'SECRET_ACCESS_DENIED'],
    ['for another registry', 'elsewhere', 3, 'CREDENTIAL_SERVER_MISMATCH'],
  ])('a secret %s yields nothing', async (_, secret, status, code) => {
    const pulled = await pull(secret)
    expect(pulled.status, pulled.stdout + pulled.stderr).toBe(status)
    expect(pulled.stderr).toContain(`(${code})`)
    expect(pulled.stdout + pulled.stderr).not.toContain(login.password)
  })

  test('the Docker credential helper returns the login from Secret Manager', async () => {
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
