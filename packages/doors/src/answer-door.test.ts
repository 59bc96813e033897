/** Both doors with a registry in this process and a secrets folder: who gets a login, who gets none, and what is recorded. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ScriptedRegistry } from '@fairlead/credential-path/testing/scripted-registry'
import { answerDoor } from './answer-door.ts'
import type { DoorAnswer, DoorDecision, DoorQuestion } from './door.ts'
import { keyFolder } from './engines/mirror-place.ts'
import { ticketsOf } from './kubelet/give-ticket.ts'
import { ticketHolder } from './pods/ticket.ts'
import { openLoginParts } from './open-login-parts.ts'
import { readLoginMaps } from './read-login-maps.ts'
import { podToken } from './testing/pod-token.ts'

const password = 'canary-7d:0c2b'
const v1 = 'credentialprovider.kubelet.k8s.io/v1'

let registry: ScriptedRegistry
let folder: string
let decisions: DoorDecision[]

beforeEach(async () => {
  registry = await ScriptedRegistry.start()
  registry.accepted = new Set()
  folder = await mkdtemp(join(tmpdir(), 'fairlead-door-'))
  decisions = []
  await writePolicy({})
  await keepSecret('login', { server: registry.host })
  await writeMap({ [registry.host]: 'login' })
})
afterEach(async () => {
  await registry[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const writePolicy = (policy: object) =>
  writeFile(join(folder, 'policy.yaml'), JSON.stringify({ loopback_registries: [registry.url], ...policy }), {
    mode: 0o600,
  })
const writeMap = (registries: object, more: object = {}) =>
  writeFile(join(folder, 'map.yaml'), JSON.stringify({ provider: 'local', registries, ...more }), { mode: 0o600 })
const keepSecret = (name: string, { server }: { server: string }) =>
  writeFile(join(folder, name), JSON.stringify({ username: 'robot', password, server }), { mode: 0o600 })

async function ask(door: DoorQuestion['door'], input: string): Promise<DoorAnswer> {
  await using stack = new AsyncDisposableStack()
  const places = { policyFile: join(folder, 'policy.yaml'), secretsDir: folder, stateDir: folder }
  const parts = {
    openLogins: async () => stack.use(await openLoginParts(places)),
    readMaps: readLoginMaps,
    giveTicket: ticketsOf(places),
    record: (decision: DoorDecision) => decisions.push(decision),
  }
  const question = { door, input, maps: [join(folder, 'nowhere.yaml'), join(folder, 'map.yaml')] }
  const answer = await answerDoor(question, parts, AbortSignal.timeout(10_000))
  expect(inspect([decisions, answer.stderr])).not.toContain(password)
  expect(answer.status === 0 || !answer.stdout.includes(password)).toBe(true)
  return answer
}

const docker = (server: string) => ask('docker', server)
const kubelet = (image: string, more: object = {}) =>
  ask('kubelet', JSON.stringify({ apiVersion: v1, kind: 'CredentialProviderRequest', image, ...more }))

describe('Docker', () => {
  test('gets the login of a registry that the map names, in the form it reads', async () => {
    const answer = await docker(`${registry.host}\n`)
    expect(answer).toMatchObject({ status: 0, stderr: '' })
    expect(JSON.parse(answer.stdout)).toEqual({ ServerURL: registry.host, Username: 'robot', Secret: password })
    expect(registry.authorizations()).toEqual([])
    expect(decisions).toMatchObject([{ door: 'docker', asked: registry.host, secret: 'login', decision: 'answered' }])
  })

  test.each([
    'other.example.com',
    'https://index.docker.io/v1/',
    'not a host',
    'user:pass@a.example.com',
    '::',
    '\u0007',
  ])('gets for %j, which no map names, the words that let it continue without a login', async (server) => {
    expect(await docker(server)).toEqual({
      status: 1,
      stdout: 'credentials not found in native keychain\n',
      stderr: '',
    })
    expect(decisions).toMatchObject([{ decision: 'not_mapped' }])
    expect(registry.seen).toEqual([])
  })

  test('learns that it named no server', async () => {
    expect(await docker(' \r\n ')).toMatchObject({ status: 1, stdout: 'no credentials server URL\n' })
  })

  test.each([
    ['another host', 'registry.example.com', 'CREDENTIAL_SERVER_MISMATCH'],
    ['https, where the registry speaks http', 'https://HOST', 'CREDENTIAL_SERVER_MISMATCH'],
    ['a part of the registry, which Docker does not tell', 'HOST/team', 'CREDENTIAL_SERVER_MISMATCH'],
    ['no host at all', 'https://user@HOST', 'SECRET_SERVER_MALFORMED'],
  ])('S2: gets nothing if the secret is for %s', async (_, server, code) => {
    await keepSecret('login', { server: server.replace('HOST', registry.host) })
    const answer = await docker(registry.host)
    expect(answer.status).toBe(1)
    expect(answer.stdout).toContain(`(${code})`)
    expect(answer.stderr).toMatch(/^fairlead: .*\nfix: {3}/)
    expect(decisions).toMatchObject([{ decision: 'refused', code }])
  })

  test('S2: gets nothing if the registry names an untrusted realm, and the log names that realm', async () => {
    const realm = 'https://tokens.example.com/t'
    registry.challenge = `Bearer realm="${realm}"`
    const answer = await docker(registry.host)
    expect(answer.status).toBe(1)
    expect(answer.stderr).toContain(`realm: ${realm}`)
    expect(decisions).toMatchObject([{ decision: 'refused', code: 'TOKEN_REALM_NOT_TRUSTED', realm }])
  })

  test('gets nothing if the registry lets everybody in, since it is then unknown where a login would go', async () => {
    registry.accepted = null
    expect(await docker(registry.host)).toMatchObject({
      status: 1,
      stdout: 'credentials not found in native keychain\n',
      stderr: expect.stringContaining('lets everybody in') as string,
    })
    expect(decisions).toMatchObject([{ decision: 'not_needed' }])
  })

  test.each([
    ['S13: a secret that the node does not list', { allowed_secrets: [] }, 'SECRET_NOT_ALLOWED_HERE'],
    ['a registry that the node does not list', { allowed_registries: ['a.example.com'] }, 'REGISTRY_NOT_ALLOWED'],
    [
      'S23: a registry on loopback that the node does not list',
      { loopback_registries: [] },
      'REGISTRY_ADDRESS_REFUSED',
    ],
  ])('gets nothing for %s', async (_, policy, code) => {
    await writePolicy(policy)
    expect(await docker(registry.host)).toMatchObject({ status: 1 })
    expect(decisions).toMatchObject([{ decision: 'refused', code }])
  })

  test('S7: gets nothing if others can write the map', async () => {
    await rm(join(folder, 'map.yaml'))
    await writeFile(join(folder, 'map.yaml'), '{}')
    const { chmod } = await import('node:fs/promises')
    await chmod(join(folder, 'map.yaml'), 0o666)
    expect(await docker(registry.host)).toMatchObject({ status: 1 })
    expect(decisions).toMatchObject([{ code: 'LOGIN_MAP_UNSAFE' }])
  })
})

describe('the kubelet', () => {
  test('gets the login of an image for the whole registry if the secret and the map cover all of it', async () => {
    const answer = await kubelet(`${registry.host}/team/app:1`)
    expect(answer).toMatchObject({ status: 0, stderr: '' })
    expect(JSON.parse(answer.stdout)).toEqual({
      apiVersion: v1,
      kind: 'CredentialProviderResponse',
      cacheKeyType: 'Registry',
      cacheDuration: '300s',
      auth: { [registry.host]: { username: 'robot', password } },
    })
  })

  test('gets it for one repository if the secret covers part of the registry', async () => {
    await keepSecret('login', { server: `${registry.host}/team` })
    expect(JSON.parse((await kubelet(`${registry.host}/team/app`)).stdout)).toMatchObject({
      cacheKeyType: 'Image',
      auth: { [`${registry.host}/team/app`]: { username: 'robot' } },
    })
    expect(await kubelet(`${registry.host}/teams/app`)).toMatchObject({ status: 1, stdout: '' })
    expect(decisions.at(-1)).toMatchObject({ code: 'CREDENTIAL_SERVER_MISMATCH' })
  })

  test('gets it for one repository if the map divides the registry', async () => {
    await keepSecret('other', { server: registry.host })
    await writeMap({ [registry.host]: 'login', [`${registry.host}/team`]: 'other' })
    expect(JSON.parse((await kubelet(`${registry.host}/app`)).stdout)).toMatchObject({ cacheKeyType: 'Image' })
    await kubelet(`${registry.host}/team/app`)
    expect(decisions.map(({ secret }) => secret)).toEqual(['login', 'other'])
  })

  test.each(['v1', 'v2'])(
    'gets it for a repository below %s in the form that it reads as that one',
    async (version) => {
      await keepSecret('login', { server: registry.host })
      await writeMap({ [registry.host]: 'login', [`${registry.host}/team`]: 'other' })
      const read = async (repository: string) => {
        const { auth } = JSON.parse((await kubelet(`${registry.host}/${repository}`)).stdout) as { auth: object }
        return Object.keys(auth)
      }
      expect(await read(`${version}/app`)).toEqual([`${registry.host}/${version}/${version}/app`])
      expect(await read(version)).toEqual([`${registry.host}/${version}`])
      expect(await read(`team-a/${version}/app`)).toEqual([`${registry.host}/team-a/${version}/app`])
    },
  )

  test('gets an answer without a login for an image that no map names, and asks again next time', async () => {
    const answer = await kubelet('docker.io/library/ubuntu')
    expect(answer.status).toBe(0)
    expect(JSON.parse(answer.stdout)).toMatchObject({ cacheKeyType: 'Image', cacheDuration: '0s', auth: null })
  })

  describe('for a pod', () => {
    const ofPod = (account: string, repository: string) => {
      const [namespace = '', name = ''] = account.split('/')
      const serviceAccountToken = podToken({ namespace, name })
      return kubelet(`${registry.host}/${repository}`, { serviceAccountToken, serviceAccountAnnotations: { a: 'b' } })
    }
    beforeEach(async () => {
      await keepSecret('trainer', { server: registry.host })
      const service_accounts = { 'team-a/trainer': { [`${registry.host}/team-a`]: 'trainer' } }
      await writeMap({ [registry.host]: 'login' }, { service_accounts })
    })

    test('gets the login of its service account, in a form that kubelets accept, for that image alone', async () => {
      const answer = await ofPod('team-a/trainer', 'team-a/app')
      expect(JSON.parse(answer.stdout)).toEqual({
        apiVersion: v1,
        kind: 'CredentialProviderResponse',
        cacheKeyType: 'Image',
        cacheDuration: '300s',
        auth: { [`${registry.host}/team-a/app`]: { username: 'robot', password } },
      })
      expect(decisions).toMatchObject([{ secret: 'trainer', service_account: 'team-a/trainer', decision: 'answered' }])
    })

    test('S2: gets nothing, and a refusal in words, if the owner gave the image to other service accounts', async () => {
      const answer = await ofPod('team-b/trainer', 'team-a/app')
      expect(answer).toMatchObject({ status: 1, stdout: '' })
      expect(answer.stderr).toContain(`team-b/trainer`)
      expect(answer.stderr).toContain('(SERVICE_ACCOUNT_NOT_NAMED)')
      expect(decisions).toMatchObject([
        { secret: null, service_account: 'team-b/trainer', code: 'SERVICE_ACCOUNT_NOT_NAMED' },
      ])
      expect(registry.seen).toEqual([])
    })

    test('S2: gets nothing for such an image without a token, and what everybody may pull', async () => {
      expect((await kubelet(`${registry.host}/team-a/app`)).stderr).toContain('(SERVICE_ACCOUNT_MISSING)')
      expect((await kubelet(`${registry.host}/base/app`)).status).toBe(0)
      expect(decisions.at(-1)).toMatchObject({ secret: 'login', service_account: null })
    })

    test('gets nothing with the token of something else, which is sent nowhere', async () => {
      const serviceAccountToken = podToken({ namespace: 'team-a', name: 'trainer' }, { claims: { aud: ['vault'] } })
      const answer = await kubelet(`${registry.host}/base/app`, { serviceAccountToken })
      expect(answer).toMatchObject({ status: 1, stdout: '' })
      expect(answer.stderr).toContain('(KUBELET_REQUEST_INVALID)')
      expect(inspect([answer, decisions])).not.toContain(serviceAccountToken.slice(-40))
      expect(registry.seen).toEqual([])
    })

    describe('whose registry has a door', () => {
      const key = 'the key of an engine'
      beforeEach(() => writePolicy({ allowed_registries: [registry.host], doors: { [registry.host]: 'login' } }))
      const makeKeys = async () => {
        await mkdir(keyFolder(folder))
        await writeFile(join(keyFolder(folder), 'containerd.key'), key)
      }

      test.each(['team-a/trainer', 'team-b/trainer'])(
        '%s gets a ticket and no login: the door judges',
        async (account) => {
          await makeKeys()
          const answer = await ofPod(account, 'team-a/app')
          expect(answer.stdout).not.toContain(password)
          const { auth, ...rest } = JSON.parse(answer.stdout) as {
            auth: Record<string, { username: string; password: string }>
          }
          expect(rest).toMatchObject({ cacheKeyType: 'Image', cacheDuration: '0s' })
          const match = `${registry.host}/team-a/app`
          expect(Object.keys(auth)).toEqual([match])
          const { username, password: ticket } = auth[match] ?? {}
          const shown = `Basic ${Buffer.from(`${username}:${ticket}`).toString('base64')}`
          const check = { registry: registry.host, repository: 'team-a/app', key: Buffer.from(key), now: Date.now() }
          const [namespace, name] = account.split('/')
          expect(ticketHolder(shown, check)).toEqual({ namespace, name })
          expect(decisions).toMatchObject([{ decision: 'ticket', secret: null, service_account: account }])
          expect(registry.seen).toEqual([])
        },
      )

      test('gets nothing before an agent has served a door here', async () => {
        expect((await ofPod('team-a/trainer', 'team-a/app')).stderr).toContain('(DOOR_NOT_ANSWERING)')
      })
    })

    test('Docker gets none of the logins for service accounts', async () => {
      await writeMap({}, { service_accounts: { 'team-a': { [registry.host]: 'trainer' } } })
      expect((await docker(registry.host)).status).toBe(1)
      expect(decisions).toMatchObject([{ decision: 'not_mapped' }])
    })
  })

  test('S2: gets a failure, not an empty answer, if the realm is not trusted', async () => {
    registry.challenge = 'Bearer realm="https://tokens.example.com/t", Basic realm="x"'
    expect(await kubelet(`${registry.host}/app`)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('(TOKEN_REALM_NOT_TRUSTED)') as string,
    })
  })
})

describe('S9: whatever the input', () => {
  const part = fc.constantFrom('https://', 'index.docker.io', '/v1/', ':', '\n', ' ', '@', '[::1]', '"', '\u0000')
  const anything = fc.oneof(fc.string({ unit: anyCharacter }), fc.string({ unit: part }))

  test('Docker gets one line and status 1', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (input) => {
        const { stdout, status } = await docker(input)
        expect([stdout, status]).toBeOneOf([
          ['credentials not found in native keychain\n', 1],
          ['no credentials server URL\n', 1],
        ])
      }),
      { numRuns: 60 },
    )
  })

  test('the kubelet gets a failure that repeats nothing of the request', async () => {
    const request = fc.oneof(
      anything,
      fc.json(),
      fc
        .record({ apiVersion: fc.constant(v1), kind: fc.constant('CredentialProviderRequest'), image: fc.jsonValue() })
        .map((value) => JSON.stringify(value)),
    )
    await fc.assert(
      fc.asyncProperty(request, async (input) => {
        const answer = await ask('kubelet', input)
        const isRefused =
          answer.status === 1 && answer.stdout === '' && answer.stderr.includes('(KUBELET_REQUEST_INVALID)')
        expect(isRefused || answer.stdout.endsWith('"auth":null}\n')).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})
