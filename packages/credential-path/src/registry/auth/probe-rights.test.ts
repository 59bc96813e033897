/** What only doctor asks: could the login push, and is the image public? */
import { parseImageReference } from '@fairlead/contract/names'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bindTo } from '../../match/bind-to.ts'
import { Redacted } from '../../match/redacted.ts'
import { NodePolicy } from '../../policy/node-policy.ts'
import { openRegistryClient, type Rights } from '../registry-client.ts'
import { sampleImage, ScriptedRegistry } from '../../testing/scripted-registry.ts'

const pullToken = 'pull-token'
let registry: ScriptedRegistry
/** The realm's answers, by what was requested. */
let realm: (scope: string, authorization: string | null) => { status: number; body: object }

beforeEach(async () => {
  registry = await ScriptedRegistry.start()
  registry.push('v1', sampleImage())
  registry.accepted = new Set([`Bearer ${pullToken}`])
  registry.challenge = `Bearer realm="${registry.url}/token",service="s"`
  realm = () => ({ status: 200, body: { token: pullToken } })
  registry.intercept = ({ url = '', headers }, response) => {
    if (!url.startsWith('/token')) return false
    const { searchParams } = new URL(url, registry.url)
    const { status, body } = realm(searchParams.get('scope') ?? '', headers.authorization ?? null)
    response.writeHead(status).end(JSON.stringify(body))
    return true
  }
})
afterEach(() => registry[Symbol.asyncDispose]())

async function rights(): Promise<Rights> {
  const policy = NodePolicy.parse({ loopback_registries: [registry.url] })
  await using client = openRegistryClient(policy, { retry: { tries: 1, pauseMs: 1, patienceMs: 1 } })
  const image = parseImageReference(`${registry.host}/team/app:v1`)
  const text = (value: string) => new Redacted(value)
  const login = bindTo(image, { username: text('u'), password: text('p'), server: text(registry.host) })
  return await client.rights({ image, login, digest: null }, new AbortController().signal)
}

const jwt = (...actions: string[]) => {
  const claims = { access: [{ type: 'repository', name: 'team/app', actions }] }
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`
}

test.each([
  [['pull', 'push'], true],
  [['*'], true],
  [['pull'], false],
])('a realm that grants %s for pull,push', async (actions, push) => {
  realm = (_scope, authorization) =>
    authorization === null ? { status: 401, body: {} } : { status: 200, body: { token: jwt(...actions) } }
  expect(await rights()).toEqual({ push, withoutLogin: false })
  expect(registry.seen.map(({ url }) => decodeURIComponent(url))).toContain(
    '/token?service=s&scope=repository:team/app:pull,push',
  )
})

test('never uses a token that could push', async () => {
  realm = (scope) => ({ status: 200, body: { token: scope.endsWith('push') ? jwt('pull', 'push') : pullToken } })
  await rights()
  const used = registry.authorizations().filter((value) => value.startsWith('Bearer'))
  // That of the anonymous client, requested for pull only.
  expect(used).toEqual([`Bearer ${pullToken}`])
  const scopes = registry.seen.filter(({ url }) => url.startsWith('/token')).map(({ url }) => decodeURIComponent(url))
  expect(scopes.toSorted()).toEqual([
    '/token?service=s&scope=repository:team/app:pull',
    '/token?service=s&scope=repository:team/app:pull,push',
  ])
})

test('reports no push from a realm that gives nothing when push is requested', async () => {
  realm = (scope) => (scope.endsWith('push') ? { status: 403, body: {} } : { status: 401, body: {} })
  expect(await rights()).toEqual({ push: false, withoutLogin: false })
})

test('reports null for what cannot be known: an opaque token, a failing realm, Basic', async () => {
  expect((await rights()).push).toBeNull()
  realm = () => ({ status: 500, body: {} })
  expect((await rights()).push).toBeNull()
  registry.challenge = 'Basic realm="r"'
  expect((await rights()).push).toBeNull()
})

test('reports an image that needs no login, with an anonymous token and without any', async () => {
  expect((await rights()).withoutLogin).toBe(true)
  registry.accepted = null
  expect((await rights()).withoutLogin).toBe(true)
})
