/**
 * What users see when they make a mistake, or when their registry or secret manager refuses: each case has its own code, sentence, fix and
 * owner, through the CLI, against a real registry, token server, secret manager, control plane and checker.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProblemCode } from '@fairlead/contract/problems'
import { newFolder, type CommandResult } from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectProblem as expectProblemOf } from './expect-problem.ts'
import { startLoopbackSystem, type LoopbackSystem } from './loopback-system.ts'

let system: LoopbackSystem

beforeAll(async () => {
  system = await startLoopbackSystem()
})
afterAll(() => system[Symbol.asyncDispose]())

async function build(
  name: string,
  config: Record<string, unknown> | string,
  ...flags: string[]
): Promise<CommandResult> {
  const file = join(newFolder('config'), 'env.yaml')
  await writeFile(file, typeof config === 'string' ? config : JSON.stringify(config))
  return system.fairlead('cluster-env', 'build', '-n', name, file, ...flags)
}

const expectProblem = (result: CommandResult, code: ProblemCode): void =>
  expectProblemOf(result, code, system.passwords)

describe('what never leaves the client', () => {
  test('a file that is not YAML', async () => {
    const result = await build('yaml', 'docker_image: [unclosed\nray_version: 2')
    expectProblem(result, 'CONFIG_YAML_MALFORMED')
    expect(result.stderr).toMatch(/line \d+/)
  })

  test('a file that does not exist', async () => {
    expectProblem(
      await system.fairlead('cluster-env', 'build', '-n', 'x', '/nowhere/env.yaml'),
      'CONFIG_FILE_UNREADABLE',
    )
  })

  test('an unknown field, with the nearest known one', async () => {
    const result = await build('unknown', { ...system.good, registry_login_secrets: 'x' })
    expectProblem(result, 'CONFIG_UNKNOWN_FIELD')
    expect(result.stderr).toContain('registry_login_secret')
  })

  test('an image name with a capital letter in its path', async () => {
    expectProblem(
      await build('image', { ...system.good, docker_image: `${system.registry.host}/Team/App:1` }),
      'IMAGE_REF_INVALID',
    )
  })

  test('a secret reference that AWS would reject', async () => {
    expectProblem(await build('reference', { ...system.good, registry_login_secret: 'a secret' }), 'SECRET_REF_INVALID')
  })

  test('a pasted password (S22): nothing is sent, nothing is repeated', async () => {
    const before = await readFile(system.serve.logFile, 'utf8')
    const pasted = 'dckr_pat_abcdefghijklmnopqrstuvwxyz0'
    const result = await build('pasted', { ...system.good, registry_login_secret: pasted })
    expectProblem(result, 'REFERENCE_LOOKS_LIKE_A_SECRET')
    expect(result.stderr).not.toContain(pasted)
    expect((await readFile(system.serve.logFile, 'utf8')).slice(before.length)).not.toContain('POST')
  })
})

describe('what the control plane rejects', () => {
  test('a reference that no admin has granted (S13)', async () => {
    expectProblem(
      await build('ungranted', { ...system.good, registry_login_secret: 'other/login' }),
      'REFERENCE_NOT_ALLOWED',
    )
  })

  test('a name already in use', async () => {
    expectProblem(
      await system.fairlead('cloud', 'create', '-n', system.cloudName, '--provider', 'local'),
      'NAME_IN_USE',
    )
  })

  test('an unknown token', async () => {
    expectProblem(await system.fairleadWith({ token: `flt_${'x'.repeat(43)}` }, 'cluster-env', 'list'), 'TOKEN_INVALID')
  })

  test('no token at all', async () => {
    expectProblem(await system.fairleadWith({ token: null }, 'cluster-env', 'list'), 'TOKEN_MISSING')
  })

  test('a build that does not exist', async () => {
    expectProblem(await system.fairlead('cluster-env', 'get', 'nobody:7'), 'CLUSTER_ENV_NOT_FOUND')
    await build('one-revision', system.good)
    expectProblem(await system.fairlead('cluster-env', 'get', 'one-revision:7'), 'BUILD_NOT_FOUND')
    expectProblem(await system.fairlead('cluster', 'start', '-n', 'c', '--env', 'one-revision:7'), 'BUILD_NOT_FOUND')
  })

  test('a control plane that is unreachable', async () => {
    expectProblem(
      await system.fairleadWith({ host: 'http://127.0.0.1:9' }, 'cluster-env', 'list'),
      'CONTROL_PLANE_UNREACHABLE',
    )
  })

  test('plain http to another machine', async () => {
    expectProblem(
      await system.fairleadWith({ host: 'http://control.example.com' }, 'cluster-env', 'list'),
      'PLAIN_HTTP_REFUSED',
    )
  })
})

describe('what the node finds when it checks a build', () => {
  test('no problem: digest, size and platform', async () => {
    const result = await build('good', system.good)
    expect(result.status, result.stderr).toBe(0)
    expect(result.stdout).toContain('Registering and checking')
    expect(result.stdout).toContain(system.digest)
    expect(result.stdout).toContain('linux/amd64')
  })

  test('a secret that does not exist', async () => {
    expectProblem(await build('missing', { ...system.good, registry_login_secret: 'team/missing' }), 'SECRET_NOT_FOUND')
  })

  test('a secret that the role may not read', async () => {
    await system.moto.putSecret('team/forbidden', system.login)
    expectProblem(
      await build('denied', { ...system.good, registry_login_secret: 'team/forbidden' }),
      'SECRET_ACCESS_DENIED',
    )
  })

  test.for([
    ['SECRET_NOT_JSON', 'not json'],
    ['SECRET_NOT_JSON', '["a"]'],
    ['SECRET_FIELD_MISSING', '{"username":"u","password":"p"}'],
    ['SECRET_FIELD_INVALID', '{"username":"u","password":"","server":"docker.io"}'],
    ['SECRET_SERVER_MALFORMED', '{"username":"u","password":"p","server":"*.example.com"}'],
  ] as const)('a secret that is %s: %s', async ([code, value]) => {
    const name = `team/bad-${code}-${value.length}`
    await system.moto.putSecret(name, value)
    expectProblem(await build('document', { ...system.good, registry_login_secret: name }), code)
  })

  test('a secret for another registry: nothing is sent there', async () => {
    await system.moto.putSecret('team/elsewhere', { ...system.login, server: 'example.jfrog.io' })
    const before = system.tokenServer.requests.length
    const result = await build('mismatch', { ...system.good, registry_login_secret: 'team/elsewhere' })
    expectProblem(result, 'CREDENTIAL_SERVER_MISMATCH')
    expect(result.stderr).toContain(system.registry.host)
    expect(result.stderr).not.toContain('example.jfrog.io')
    expect(system.tokenServer.requests.slice(before).filter(({ login }) => login)).toEqual([])
  })

  test("the page's own my-registry/my-image:tag is an image on Docker Hub, and the secret is for another host", async () => {
    const result = await build('page', { ...system.good, docker_image: 'my-registry/my-image:tag' })
    expectProblem(result, 'CREDENTIAL_SERVER_MISMATCH')
    expect(result.stderr).toContain('docker.io')
  })

  test('a wrong password', async () => {
    await system.moto.putSecret('team/wrong', { ...system.login, password: 'not-the-password' })
    expectProblem(
      await build('wrong', { ...system.good, registry_login_secret: 'team/wrong' }),
      'REGISTRY_LOGIN_REJECTED',
    )
  })

  test('a wrong password at a Basic registry', async () => {
    const { basicRegistry } = system
    await system.moto.putSecret('team/basic-wrong', { username: 'puller', password: 'no', server: basicRegistry.host })
    const config = {
      ...system.good,
      docker_image: `${basicRegistry.host}/team/app:1`,
      registry_login_secret: 'team/basic-wrong',
    }
    expectProblem(await build('basic-wrong', config), 'REGISTRY_LOGIN_REJECTED')
  })

  test('an image that needs a login, and no secret named', async () => {
    const { registry_login_secret: _, ...anonymous } = system.good
    expectProblem(await build('anonymous', anonymous), 'REGISTRY_AUTH_MISSING')
  })

  test('a login without pull permission', async () => {
    expectProblem(
      await build('forbidden', { ...system.good, docker_image: `${system.registry.host}/other/app:1` }),
      'REGISTRY_ACCESS_DENIED',
    )
  })

  test('a tag that does not exist', async () => {
    expectProblem(
      await build('tag', { ...system.good, docker_image: `${system.registry.host}/team/app:nope` }),
      'IMAGE_NOT_FOUND',
    )
  })

  test('a registry that does not answer', async () => {
    const host = '127.0.0.1:9'
    await system.moto.putSecret('team/unreachable', { ...system.login, server: host })
    const config = { ...system.good, docker_image: `${host}/team/app:1`, registry_login_secret: 'team/unreachable' }
    expectProblem(await build('unreachable', config), 'REGISTRY_UNREACHABLE')
  })

  test('a registry whose name does not resolve', async () => {
    const host = 'registry.invalid'
    await system.moto.putSecret('team/dns', { ...system.login, server: host })
    expectProblem(
      await build('dns', { ...system.good, docker_image: `${host}/team/app:1`, registry_login_secret: 'team/dns' }),
      'REGISTRY_DNS',
    )
  })

  test('a certificate that the node does not trust', async () => {
    const { strangerRegistry } = system
    await system.moto.putSecret('team/tls', { ...system.login, server: strangerRegistry.host })
    const config = {
      ...system.good,
      docker_image: `${strangerRegistry.host}/team/app:1`,
      registry_login_secret: 'team/tls',
    }
    expectProblem(await build('tls', config), 'REGISTRY_TLS')
  })

  test('a token realm on another host: nothing is sent to it', async () => {
    const { hostile, recorder } = system
    await system.moto.putSecret('team/realm', { ...system.login, server: hostile.host })
    const config = { ...system.good, docker_image: `${hostile.host}/team/app:1`, registry_login_secret: 'team/realm' }
    expectProblem(await build('realm', config), 'TOKEN_REALM_NOT_TRUSTED')
    expect(recorder.requests).toEqual([])
  })

  test('no route to the secret manager', async () => {
    system.front.faults.down = true
    try {
      await system.moto.putSecret('team/route', system.login)
      expectProblem(
        await build('route', { ...system.good, registry_login_secret: 'team/route' }),
        'SECRET_MANAGER_UNREACHABLE',
      )
    } finally {
      system.front.faults.down = false
    }
  })

  test('a failed build starts no cluster, and passes after the fix and a new check', async () => {
    await system.moto.putSecret('team/repair', { ...system.login, password: 'old' })
    expectProblem(
      await build('repair', { ...system.good, registry_login_secret: 'team/repair' }),
      'REGISTRY_LOGIN_REJECTED',
    )
    expectProblem(await system.fairlead('cluster', 'start', '-n', 'repair', '--env', 'repair'), 'BUILD_FAILED')
    await system.moto.updateSecret('team/repair', system.login)
    const result = await system.fairlead('cluster-env', 'verify', 'repair')
    expect(result.status, result.stderr).toBe(0)
    expect(result.stdout).toContain(system.digest)
  })
})

describe('the fix for a mismatch', () => {
  test("is to set the secret's server: a new check passes at once, whatever the node had cached", async () => {
    await system.moto.putSecret('team/mended', { ...system.login, server: 'example.jfrog.io' })
    const config = { ...system.good, registry_login_secret: 'team/mended' }
    expectProblem(await build('mended', config), 'CREDENTIAL_SERVER_MISMATCH')
    await system.moto.updateSecret('team/mended', system.login)
    const result = await system.fairlead('cluster-env', 'verify', 'mended')
    expect(result.status, result.stderr).toBe(0)
  })
})

describe('with no node to do the work', () => {
  test('too few nodes: the cluster waits and says what it waits for', async () => {
    await build('waiting', system.good)
    const result = await system.fairlead(
      'cluster',
      'start',
      '-n',
      'waiting',
      '--env',
      'waiting',
      '--workers',
      '2',
      '--timeout',
      '3',
    )
    expect(result.stdout + result.stderr).toContain('AwaitingStartup (free nodes: 0; the cluster needs 3)')
    const status = await system.fairlead('cluster', 'status', '-n', 'waiting', '--json')
    expect(JSON.parse(status.stdout)).toMatchObject({ state: 'AwaitingStartup', problem: { code: 'NOT_ENOUGH_NODES' } })
  })

  test('no node of the cloud is online: registered, not checked yet', async () => {
    await system.fairlead(
      'cloud',
      'create',
      '-n',
      'empty',
      '--provider',
      'aws',
      '--join',
      'token',
      '--allow-any-secret',
    )
    const here = ['--cloud-name', 'empty']
    const result = await build('unchecked', system.good, ...here)
    expect(result.status, result.stderr).toBe(0)
    expect(result.stdout).toContain('registered, not checked yet')
    const required = await build('unchecked-too', system.good, '--require-check', ...here)
    expectProblem(required, 'CHECK_PENDING')
  })
})
