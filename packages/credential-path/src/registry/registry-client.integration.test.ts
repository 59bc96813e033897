/** The registry path against Debian's docker-registry over TLS: Basic, Bearer, a private authority, and a villain. */
import { parseImageReference } from '@fairlead/contract/names'
import {
  createCa,
  makeImage,
  makeIndex,
  pushImage,
  startHostileRegistry,
  startRecorder,
  startRegistry,
  startTokenServer,
  type TestCa,
} from '@fairlead/testkit'
import { beforeAll, describe, expect, test } from 'vitest'
import { bindTo } from '../match/bind-to.ts'
import { Redacted } from '../match/redacted.ts'
import { NodePolicy } from '../policy/node-policy.ts'
import { digestOf } from './image/manifest.ts'
import type { PullTicket } from './image/pull-ticket.ts'
import { openRegistryClient } from './registry-client.ts'
import { sampleImage, ScriptedRegistry } from '../testing/scripted-registry.ts'

const writer = { username: 'writer', password: 'w:with a colon' }
const amd64 = { os: 'linux', arch: 'amd64', variant: null }
const signal = new AbortController().signal
const hello = await makeImage({ base: 'none', files: { 'hello.txt': 'hello' }, layers: [{ randomBytes: 300_000 }] })

let tls: TestCa
beforeAll(async () => {
  tls = await createCa()
})

interface Attempt {
  host: string
  policy: Record<string, unknown>
  name?: string
  username?: string | null
  password?: string
}

async function admit({ host, policy, name = 'team/app:1', username = 'writer', password = writer.password }: Attempt) {
  await using client = openRegistryClient(NodePolicy.parse(policy))
  const image = parseImageReference(`${host}/${name}`)
  const text = (value: string) => new Redacted(value)
  const login =
    username === null ? null : bindTo(image, { username: text(username), password: text(password), server: text(host) })
  const ticket = await client.admit({ image, login, digest: null, platform: amd64 }, { onStep: () => {} }, signal)
  return {
    ticket,
    config: await ticket.imageConfig,
    blobs: await Promise.all([ticket.config, ...ticket.layers].map((blob) => digestOfBlob(ticket, blob))),
  }
}

async function digestOfBlob(ticket: PullTicket, descriptor: PullTicket['config']): Promise<string> {
  const pieces: Uint8Array[] = []
  const half = Math.floor(descriptor.size / 2)
  const { body } = await ticket.fetchBlob(descriptor, null, signal)
  for await (const piece of body) pieces.push(piece)
  const whole = Buffer.concat(pieces)
  const rest: Uint8Array[] = [whole.subarray(0, half)]
  const resumed = await ticket.fetchBlob(descriptor, { start: half, end: descriptor.size }, signal)
  expect(resumed.span.start).toBe(half)
  for await (const piece of resumed.body) rest.push(piece)
  expect(digestOf(Buffer.concat(rest))).toBe(digestOf(whole))
  return digestOf(whole)
}

async function codeOf(attempt: Attempt): Promise<string> {
  return admit(attempt).then(
    () => 'admitted',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )
}

describe('Basic over TLS from a private authority', () => {
  test('admits a pull and serves blobs whole and in parts; gives each fault its own code', async () => {
    await using registry = await startRegistry({ tls, auth: { kind: 'htpasswd', users: { writer: writer.password } } })
    const { digest } = await pushImage(registry, 'team/app', '1', hello, writer)
    const { host } = registry
    const loopback_registries = [`https://${host}`]
    const policy = { loopback_registries, registry_ca: { [host]: tls.caFile } }

    const { ticket, blobs } = await admit({ host, policy })
    expect(ticket.digest).toBe(digest)
    expect(blobs).toEqual([ticket.config, ...ticket.layers].map((blob) => blob.digest))

    expect(await codeOf({ host, policy, password: 'wrong' })).toBe('REGISTRY_LOGIN_REJECTED')
    expect(await codeOf({ host, policy, username: null })).toBe('REGISTRY_AUTH_MISSING')
    expect(await codeOf({ host, policy, name: 'team/app:2' })).toBe('IMAGE_NOT_FOUND')
    expect(await codeOf({ host, policy, name: 'team/none:1' })).toBe('IMAGE_NOT_FOUND')
    expect(await codeOf({ host, policy: { loopback_registries } })).toBe('REGISTRY_TLS')
    expect(await codeOf({ host, policy: {} })).toBe('REGISTRY_ADDRESS_REFUSED')
    // S23: no fallback, in either direction.
    expect(await codeOf({ host, policy: { loopback_registries: [`http://${host}`] } })).not.toBe('admitted')
  })

  test('reports https to a plain http registry as a TLS problem, and sends no login', async () => {
    await using recorder = await startRecorder()
    const host = recorder.origin.slice('http://'.length)
    expect(await codeOf({ host, policy: { loopback_registries: [`https://${host}`] } })).toBe('REGISTRY_TLS_HANDSHAKE')
    expect(recorder.requests).toEqual([])
  })
})

describe('Bearer', () => {
  test('issues one token for the repository at a realm listed in the file; distinguishes a user without the right', async () => {
    await using tokenServer = await startTokenServer({
      tls,
      tokenSeconds: 2,
      users: {
        writer: { password: writer.password, pull: ['*'], push: ['*'] },
        reader: { password: 'r', pull: ['team/app'] },
      },
    })
    await using registry = await startRegistry({ tls, auth: { kind: 'token', tokenServer } })
    const { host } = registry
    const realmHost = tokenServer.realm.slice('https://'.length).split('/', 1)[0] ?? ''
    await pushImage(registry, 'team/app', '1', hello, writer)
    await pushImage(registry, 'team/other', '1', hello, writer)
    const trusted = {
      loopback_registries: [`https://${host}`],
      registry_ca: { [host]: tls.caFile, [realmHost]: tls.caFile },
      trusted_realms: [{ registry: host, realm: tokenServer.realm }],
    }
    const reader = { host, policy: trusted, username: 'reader', password: 'r' }
    expect((await admit(reader)).ticket.layers.length).toBeGreaterThan(0)
    expect(await codeOf({ ...reader, name: 'team/other:1' })).toBe('REGISTRY_ACCESS_DENIED')
    expect(await codeOf({ ...reader, password: 'wrong' })).toBe('REGISTRY_LOGIN_REJECTED')
    expect(await codeOf({ ...reader, username: null })).toBe('REGISTRY_AUTH_MISSING')

    const before = tokenServer.requests.length
    expect(await codeOf({ ...reader, policy: { ...trusted, trusted_realms: [] } })).toBe('TOKEN_REALM_NOT_TRUSTED')
    expect(tokenServer.requests.length).toBe(before)
  })
})

test('S2: sends nothing to a villain’s realm that a registry names', async () => {
  await using villain = await startRecorder({ tls })
  await using registry = await startHostileRegistry({ tls, realm: `${villain.origin}/token` })
  const host = registry.origin.slice('https://'.length)
  const policy = { loopback_registries: [`https://${host}`], registry_ca: { [host]: tls.caFile } }
  expect(await codeOf({ host, policy })).toBe('TOKEN_REALM_NOT_TRUSTED')
  expect(villain.requests).toEqual([])
  expect([registry.saw(writer.password), registry.requests.length]).toEqual([false, 1])
})

test('S15: fetches a blob from where the registry redirects to, without a credential', async () => {
  const image = sampleImage()
  const layer = image.layers[0] ?? Buffer.alloc(0)
  await using store = await startRecorder({ tls, answer: { status: 200, body: layer.toString() } })
  await using registry = await ScriptedRegistry.start()
  registry.push('1', image)
  registry.accepted = new Set([`Basic ${Buffer.from(`writer:${writer.password}`).toString('base64')}`])
  const policy = { loopback_registries: [registry.url, store.origin], registry_ca: { [store.host]: tls.caFile } }
  await using client = openRegistryClient(NodePolicy.parse(policy))
  const named = parseImageReference(`${registry.host}/team/app:1`)
  const text = (value: string) => new Redacted(value)
  const login = bindTo(named, {
    username: text('writer'),
    password: text(writer.password),
    server: text(registry.host),
  })
  const order = { image: named, login, digest: null, platform: amd64 }
  const ticket = await client.admit(order, { onStep: () => {} }, signal)
  await ticket.imageConfig

  registry.intercept = ({ url = '' }, response) => {
    if (!url.includes('/blobs/')) return false
    response.writeHead(307, { location: `${store.origin}/signed?token=x`, 'set-cookie': 'a=b' }).end()
    return true
  }
  const { body } = await ticket.fetchBlob(ticket.layers[0] ?? ticket.config, null, signal)
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  expect(Buffer.concat(pieces)).toEqual(layer)
  expect(store.requests.map(({ url }) => url)).toEqual(['/signed?token=x'])
  const [request] = store.requests
  expect([request?.headers.authorization, request?.headers.cookie, store.saw(writer.password)]).toEqual([
    undefined,
    undefined,
    false,
  ])
})

test('admits an index for the platform of the node', async () => {
  await using registry = await startRegistry({ auth: { kind: 'none' } })
  const arm = await makeImage({ platform: { os: 'linux', architecture: 'arm64' }, base: 'none', files: { a: 'b' } })
  const { digest } = await pushImage(registry, 'team/app', '1', makeIndex([arm, hello]), null)
  await pushImage(registry, 'team/app', 'arm', arm, null)
  const attempt = { host: registry.host, policy: { loopback_registries: [registry.url] }, username: null }
  const { ticket, config } = await admit(attempt)
  expect([ticket.digest, config.platform]).toEqual([digest, 'linux/amd64'])
  expect(ticket.manifests.map((manifest) => manifest.digest)).toEqual([digest, hello.digest])
  expect(await codeOf({ ...attempt, name: 'team/app:arm' })).toBe('IMAGE_PLATFORM_MISMATCH')
})
