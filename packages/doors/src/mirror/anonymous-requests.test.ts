/** S24: a door with a login asks a registry for nothing without it, whatever the registry does and whatever is wrong with the login. */
import { writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { isProblem } from '@fairlead/contract/problems'
import { openPullPath, type PullPath } from '@fairlead/credential-path/open-pull-path'
import { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { digestOf } from '@fairlead/credential-path/registry/image/manifest'
import { openRegistryClient, type RegistryClient } from '@fairlead/credential-path/registry/registry-client'
import { sampleImage, ScriptedRegistry, type Seen } from '@fairlead/credential-path/testing/scripted-registry'
import { newFolder } from '@fairlead/testkit'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { doorFor } from './door-table.ts'
import { Visits } from './visits.ts'

const basic = `Basic ${Buffer.from('robot:canary-7d:02fe').toString('base64')}`
const ofLogin = 'Bearer token-of-the-login'
const ofNobody = 'Bearer token-of-nobody'
const retry = { tries: 2, pauseMs: 1, patienceMs: 100 }

let registry: ScriptedRegistry
let folder: string
let path: PullPath
let client: RegistryClient
const image = sampleImage()
const digest = digestOf(image.manifest)

beforeEach(async () => {
  registry = await ScriptedRegistry.start()
  registry.push('v1', image)
  serve('bearer')
  folder = newFolder('anonymous-requests')
  await keepSecret({ username: 'robot', password: 'canary-7d:02fe', server: registry.host })
  await writeFile(join(folder, 'policy.yaml'), JSON.stringify({ disk_reserve_bytes: 0 }), { mode: 0o600 })
  const policyFile = join(folder, 'policy.yaml')
  const options = { policyFile, secretsDir: folder, dockerSocket: null, ledgerDir: null, learnPlace: false }
  path = await openPullPath({ nodeId: null, provider: 'local', ...options }, new AbortController().signal)
  client = openRegistryClient(policyOf(), { retry })
})
afterEach(async () => {
  await client[Symbol.asyncDispose]()
  await path[Symbol.asyncDispose]()
  await registry[Symbol.asyncDispose]()
})

const keepSecret = (document: object) => writeFile(join(folder, 'login'), JSON.stringify(document), { mode: 0o600 })
const policyOf = (given: object = {}): NodePolicy =>
  NodePolicy.parse({
    loopback_registries: [registry.url],
    allowed_registries: [registry.host],
    doors: { [registry.host]: 'login' },
    ...given,
  })

type Scheme = 'basic' | 'bearer'
const challengeOf = (scheme: Scheme): string =>
  scheme === 'basic' ? 'Basic realm="scripted"' : `Bearer realm="${registry.url}/token",service="scripted"`

/** What it does to one request before it answers as it should; true: it has answered. */
type Mood = (response: ServerResponse) => boolean

/** Everybody gets a token; only that of the login, or the password itself, lets anybody in. */
function serve(scheme: Scheme, moodOf: (seen: Seen) => Mood = () => () => false): void {
  registry.seen.length = 0
  registry.challenge = challengeOf(scheme)
  registry.accepted = new Set([scheme === 'basic' ? basic : ofLogin])
  registry.intercept = ({ url = '', headers }, response) => {
    if (moodOf(registry.seen.at(-1)!)(response)) return true
    if (!url.startsWith('/token')) return false
    const token = headers.authorization === basic ? ofLogin : ofNobody
    return !!response.end(JSON.stringify({ token: token.split(' ')[1], expires_in: 300 }))
  }
}

type Wish = 'head' | 'manifest' | 'referrers' | 'blob'

/** As an engine asks through a door, whose pull ends with that; returns what it got. */
async function pull(wishes: readonly Wish[], policy = policyOf(), registryClient = client): Promise<readonly string[]> {
  const visits = new Visits(
    () => ({ ...path.parts, policy, registry: registryClient }),
    (error) => {
      throw error
    },
  )
  const got: string[] = []
  for (const wish of wishes) {
    const reference = wish === 'blob' ? digestOf(image.config) : 'v1'
    const kind = wish === 'blob' ? 'blob' : 'manifest'
    const door = doorFor(policy, registry.host, 'team/app')
    const ask = { engine: 'docker', door, repository: 'team/app', kind, reference } as const
    const work = visits.serve(ask, async (visit) => {
      if (wish === 'head') await visit.head('v1')
      else if (wish === 'manifest') await visit.manifest('v1')
      else if (wish === 'referrers') await visit.referrers(digest, '')
      else for await (const _ of (await visit.blob(reference)).read(null, new AbortController().signal));
    })
    got.push(
      await work.then(
        () => wish,
        (error: unknown) => (isProblem(error) ? error.code : String(error)),
      ),
    )
  }
  await visits.close()
  return got
}

/** Requests that carry no login, nor what one bought, beyond the question how to log in and a request for a token. */
const anonymous = (): readonly string[] =>
  registry.seen
    .filter(({ authorization }) => authorization === null || authorization === ofNobody)
    .filter(({ url }) => url !== '/v2/' && !url.startsWith('/token'))
    .map(({ method, url }) => `${method} ${url}`)

const everything: readonly Wish[] = ['head', 'manifest', 'blob']

describe('S24: a door with a login', () => {
  test.each(['basic', 'bearer'] as const)('uses it for everything (%s)', async (scheme) => {
    serve(scheme)
    expect(await pull(everything)).toEqual(everything)
    expect(anonymous()).toEqual([])
    expect(registry.seen.filter(({ authorization }) => authorization === ofNobody)).toEqual([])
  })

  test('asks for nothing without it, whatever a registry answers at any moment', async () => {
    const status =
      (code: number, headers: () => Record<string, string> = () => ({})): Mood =>
      (response) =>
        !!response.writeHead(code, headers()).end()
    const moods: Readonly<Record<string, Mood>> = {
      honest: () => false,
      asks: status(401, () => ({ 'www-authenticate': registry.challenge })),
      'asks for a password': status(401, () => ({ 'www-authenticate': challengeOf('basic') })),
      'asks for a token': status(401, () => ({ 'www-authenticate': challengeOf('bearer') })),
      'asks for more': status(401, () => ({
        'www-authenticate': `${challengeOf('bearer')},error="insufficient_scope"`,
      })),
      'asks for nothing': status(401),
      forbids: status(403),
      'has nothing': status(404),
      'knows no such method': status(405),
      limits: status(429, () => ({ 'retry-after': '0' })),
      fails: status(503),
      'sends home': status(307, () => ({ location: `/v2/team/app/blobs/${digestOf(image.config)}` })),
      'hangs up': (response) => !!response.destroy(),
    }
    // Half of them honest, so that a pull gets somewhere.
    const mood = fc.oneof(fc.constant('honest'), fc.constantFrom(...Object.keys(moods)))
    const wish = fc.constantFrom<Wish>('head', 'manifest', 'referrers', 'blob')
    const story = fc.tuple(
      fc.constantFrom<Scheme>('basic', 'bearer'),
      fc.array(mood, { maxLength: 25 }),
      fc.array(wish, { minLength: 1, maxLength: 4 }),
    )
    await fc.assert(
      fc.asyncProperty(story, async ([scheme, told, wishes]) => {
        const left = [...told]
        // `/v2/` always tells who has a login from who has none; a registry that does not is below.
        serve(scheme, ({ url }) => (url === '/v2/' ? moods['honest']! : moods[left.shift() ?? 'honest']!))
        await pull(wishes)
        expect(anonymous()).toEqual([])
      }),
      // The token is no longer accepted, and the realm gives no other.
      { numRuns: 50, examples: [[['bearer', ['honest', 'asks', 'forbids'], ['manifest']]]] },
    )
  })

  test.each([
    [
      'is for another registry',
      () => keepSecret({ username: 'robot', password: 'x', server: 'other.example.com' }),
      {},
    ],
    ['is wrong', () => keepSecret({ username: 'robot', password: 'old', server: registry.host }), {}],
    ['is not one that the owner allows', () => Promise.resolve(), { allowed_secrets: [] }],
    ['cannot be found', () => Promise.resolve(), { missing: true }],
    ['cannot be read', () => writeFile(join(folder, 'login'), 'no document'), {}],
  ] as [string, () => Promise<void>, { missing?: boolean; allowed_secrets?: [] }][])(
    'that %s asks for nothing without one',
    async (_, spoil, { missing = false, ...more }) => {
      await spoil()
      // It would give a token to whoever comes without a login.
      const { intercept } = registry
      registry.intercept = (request, response) => {
        const { authorization = basic } = request.headers
        if (request.url?.startsWith('/token') && authorization !== basic) return !!response.writeHead(401).end()
        return intercept(request, response)
      }
      const doors = { [registry.host]: missing ? 'nowhere' : 'login' }
      for (const code of await pull(everything, policyOf({ doors, ...more }))) expect(code).toMatch(/^[A-Z_]+$/)
      expect(registry.seen.filter(({ url }) => url.includes('/team/app/'))).toEqual([])
    },
  )

  test('looks only by HEAD whether an image is public, and gives the engine nothing of it', async () => {
    // With its token, too, `/v2/` is closed.
    const closed: Mood = (response) => !!response.writeHead(401, { 'www-authenticate': registry.challenge }).end()
    serve('bearer', ({ url }) => (url === '/v2/' ? closed : () => false))
    expect(await pull(everything)).toEqual(everything)
    expect(new Set(anonymous())).toEqual(new Set(['HEAD /v2/team/app/manifests/v1']))
  })

  test('cannot know that a registry asks for a login before it does: then it logs in, for this and for the rest', async () => {
    serve(
      'bearer',
      ({ url }) =>
        (response) =>
          url === '/v2/' && !!response.end('{}'),
    )
    expect(await pull(['manifest', 'blob'])).toEqual(['manifest', 'blob'])
    // The question, and meanwhile the look whether the image is public.
    const manifest = '/v2/team/app/manifests/v1'
    expect(new Set(anonymous())).toEqual(new Set([`GET ${manifest}`, `HEAD ${manifest}`]))
    expect(anonymous().filter((asked) => asked.startsWith('GET'))).toHaveLength(1)
    expect(path.ledger.unacknowledged(10).at(-1)).toMatchObject({ decision: 'authenticated', login: 'accepted' })
  })
})

describe('the control: without a login, a registry is asked if the owner’s file says so', () => {
  beforeEach(() => {
    registry.accepted = null
    registry.challenge = challengeOf('bearer')
  })

  test('by a door that has none', async () => {
    expect(await pull(everything, policyOf({ doors: { [registry.host]: null } }))).toEqual(everything)
    expect(anonymous().length).toBeGreaterThanOrEqual(3)
  })

  test('by `on_mismatch: anonymous`, for a login of another registry', async () => {
    await keepSecret({ username: 'robot', password: 'canary-7d:02fe', server: 'other.example.com' })
    expect(await pull(everything, policyOf({ on_mismatch: 'anonymous' }))).toEqual(everything)
    expect(anonymous().length).toBeGreaterThanOrEqual(3)
    expect(registry.authorizations()).toEqual([])
    expect(path.ledger.unacknowledged(10).at(-1)).toMatchObject({ decision: 'anonymous_mismatch_allowed' })
  })
})
