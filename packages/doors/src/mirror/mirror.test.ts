/** The mirror over mutual TLS, with a registry in this process and a secrets folder: what an engine gets, what it never gets, and the record. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { connect } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { checkServerIdentity as checkIdentity } from 'node:tls'
import { parseImageReference } from '@fairlead/contract/names'
import type { DoorEngine } from '@fairlead/contract/wire'
import { openPullPath, type PullPath } from '@fairlead/credential-path/open-pull-path'
import { FollowedPolicy } from '@fairlead/credential-path/policy/followed-policy'
import type { PodsFor } from '@fairlead/credential-path/record/pods-for'
import { digestOf } from '@fairlead/credential-path/registry/image/manifest'
import {
  sampleImage,
  sampleIndex,
  ScriptedRegistry,
  type SampleImage,
} from '@fairlead/credential-path/testing/scripted-registry'
import { eventually, freePort, newFolder } from '@fairlead/testkit'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { keyFolder, segmentOf } from '../engines/mirror-place.ts'
import { EngineClient } from '../testing/engine-client.ts'
import { ticketsOf } from '../kubelet/give-ticket.ts'
import type { ServiceAccount } from '../pods/service-account.ts'
import { ticketUser } from '../pods/ticket.ts'
import { newNonce, proofOf } from '../upkeep/probe.ts'
import { openMirrorKeys } from './keys.ts'
import { runMirror } from './open-mirror.ts'

const username = 'robot'
const password = 'canary-4c:91ab'
const pod = { namespace: 'team', name: 'train-head', owner: { kind: 'RayCluster', name: 'train' } }
const own = process.getuid?.() ?? 0

let registry: ScriptedRegistry
let folder: string
let port: number
let path: PullPath
let stop: AbortController
let running: Promise<void>
let image: SampleImage
let podsFor: PodsFor
const logged: object[] = []

beforeEach(async () => {
  registry = await ScriptedRegistry.start()
  registry.accepted = new Set([basic(password)])
  folder = newFolder('mirror')
  port = await freePort()
  image = sampleImage()
  registry.push('v1', image)
  logged.length = 0
  podsFor = async () => null
  await keepSecret('login', { username, password, server: registry.host })
  await writePolicy()
  stop = new AbortController()
  await start()
})
afterEach(async () => {
  await end()
  await registry[Symbol.asyncDispose]()
})

const basic = (secret: string) => `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`
const keepSecret = (name: string, document: object) =>
  writeFile(join(folder, name), JSON.stringify(document), { mode: 0o600 })
const writePolicy = (policy: object = {}) => {
  const usual = { loopback_registries: [registry.url], allowed_registries: [registry.host], disk_reserve_bytes: 0 }
  const doors = { doors: { [registry.host]: 'login' }, door_port: port }
  return writeFile(join(folder, 'policy.yaml'), JSON.stringify({ ...usual, ...doors, ...policy }), { mode: 0o600 })
}

/** `ledgerDir`: null if there is no room to keep anything. */
async function start(ledgerDir: string | null = folder): Promise<void> {
  path = await openPullPath(
    {
      nodeId: null,
      provider: 'local',
      policyFile: join(folder, 'policy.yaml'),
      secretsDir: folder,
      dockerSocket: null,
      ledgerDir,
      learnPlace: false,
      onPull: (event) => logged.push(event),
    },
    stop.signal,
  )
  const log = { info: () => undefined, warn: () => undefined, error: (fields: object) => void logged.push(fields) }
  const policy = new FollowedPolicy(join(folder, 'policy.yaml'), path.inForce)
  running = runMirror(
    {
      policy,
      parts: path.parts,
      stateDir: folder,
      log,
      engineUser: own,
      kubeletMapFile: join(folder, 'kubelet.yaml'),
      podsFor: (pulled) => podsFor(pulled),
    },
    stop.signal,
  )
  await untilServed()
}

async function end(): Promise<void> {
  stop.abort()
  await running
  await path[Symbol.asyncDispose]()
}

const untilServed = () =>
  eventually(
    () =>
      ask('/v2/').then(
        ({ status }) => (status === 200 ? true : undefined),
        () => undefined,
      ),
    {
      what: 'the mirror answers',
    },
  )

interface Answer {
  readonly status: number
  readonly reason: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

interface AskOptions {
  readonly engine?: DoorEngine
  readonly method?: string
  readonly headers?: Record<string, string>
}

/** Read again if they were renewed between two of the files: this process renews them, and must come to the next one. */
async function keysOf(engine: DoorEngine) {
  const read = (name: string) => readFileSync(join(keyFolder(folder), name))
  for (;;) {
    const keys = { ca: read('ca.crt'), cert: read(`${engine}.crt`), key: read(`${engine}.key`) }
    if (new X509Certificate(keys.cert).checkPrivateKey(createPrivateKey(keys.key))) return keys
    await nextTurn()
  }
}

async function ask(
  target: string,
  { engine = 'docker', method = 'GET', headers = {} }: AskOptions = {},
): Promise<Answer> {
  const keys = { ...(await keysOf(engine)), checkServerIdentity }
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  request({ host: '127.0.0.1', port, path: target, method, headers, agent: false, ...keys }, (response) => {
    const { statusCode = 0, statusMessage = '' } = response
    buffer(response).then(
      (body) => resolve({ status: statusCode, reason: statusMessage, headers: response.headers, body }),
      reject,
    )
  })
    .on('error', reject)
    .end()
  return promise
}

/** By its address, whatever the Host header says. */
const checkServerIdentity: typeof checkIdentity = (_, certificate) => checkIdentity('127.0.0.1', certificate)

const at = (rest: string) => `/v2/${segmentOf(registry.host)}/team/app/${rest}`
const asked = () => registry.seen.map(({ method, url }) => `${method} ${url}`)

describe('an engine', () => {
  test('gets an image by its tag, with the login that it never sees', async () => {
    const digest = digestOf(image.manifest)
    const head = await ask(at('manifests/v1'), { method: 'HEAD' })
    expect(head).toMatchObject({ status: 200, headers: { 'docker-content-digest': digest } })
    expect(head.headers['content-length']).toBe(String(image.manifest.length))
    const manifest = await ask(at(`manifests/${digest}?ns=${registry.host}`))
    expect(manifest.headers['content-type']).toBe(image.mediaType)
    expect(manifest.body).toEqual(image.manifest)
    for (const blob of image.blobs) expect((await ask(at(`blobs/${digestOf(blob)}`))).body).toEqual(blob)
    const answers = JSON.stringify([head.headers, manifest.headers])
    expect(answers).not.toContain(password)
    expect(answers).not.toContain(basic(password))
  })

  test('costs the registry one request for each layer', async () => {
    await ask(at('manifests/v1'))
    registry.seen.length = 0
    for (const blob of image.blobs) await ask(at(`blobs/${digestOf(blob)}`))
    expect(asked()).toEqual(image.blobs.map((blob) => `GET /v2/team/app/blobs/${digestOf(blob)}`))
  })

  test('gets the whole for its first range where there is no room to share one fetch, and no later range', async () => {
    await end()
    stop = new AbortController()
    await start(null)
    const [, layer = Buffer.alloc(0)] = image.layers
    const rangeFrom = (first: number) => ({ headers: { range: `bytes=${first}-` } })
    const whole = await ask(at(`blobs/${digestOf(layer)}`), rangeFrom(0))
    expect([whole.status, whole.body.equals(layer)]).toEqual([200, true])
    expect((await ask(at(`blobs/${digestOf(layer)}`), rangeFrom(100))).reason).toContain('(NODE_DISK_FULL)')
  })

  test('leaves one record of the whole pull, which says what engine it was', async () => {
    const digest = digestOf(image.manifest)
    await ask(at('manifests/v1'), { method: 'HEAD', engine: 'containerd' })
    await ask(at(`manifests/${digest}`), { engine: 'containerd' })
    for (const blob of image.blobs) await ask(at(`blobs/${digestOf(blob)}`), { engine: 'containerd' })
    stop.abort()
    await running
    const bytes = image.blobs.reduce((sum, blob) => sum + blob.length, 0)
    expect(path.ledger.unacknowledged(10)).toMatchObject([
      {
        purpose: 'door',
        engine: 'containerd',
        image: `${registry.host}/team/app:v1`,
        digest,
        secret_reference: 'login',
        decision: 'authenticated',
        login: 'accepted',
        code: null,
        bytes,
        total_bytes: bytes,
      },
    ])
    expect(JSON.stringify([path.ledger.unacknowledged(10), logged])).not.toContain(password)
  })

  test.each([
    ['the pods that waited for the image, where the node knows them', [pod], { pods: [pod] }],
    ['no pods while the node does not know them', null, { pods: undefined }],
  ])('records %s', async (_, known, recorded) => {
    const asked: object[] = []
    podsFor = async (pulled) => {
      asked.push(pulled)
      return known
    }
    const since = Date.now()
    using clock = vi.spyOn(Date, 'now').mockReturnValue(since)
    await ask(at('manifests/v1'), { method: 'HEAD', engine: 'containerd' })
    clock.mockReturnValue(since + 1)
    await ask(at(`manifests/${digestOf(image.manifest)}`), { engine: 'containerd' })
    stop.abort()
    await running
    const [record] = path.ledger.unacknowledged(10)
    expect({ pods: record?.pods }).toEqual(recorded)
    // By what the engine asked for first, as the pod names it.
    expect(asked).toEqual([{ registry: registry.host, repository: 'team/app', reference: 'v1', since }])
  })

  test('chooses from an index itself, and gets what describes a build rather than a machine, too', async () => {
    const platform = { os: 'linux', architecture: 'amd64' }
    const attestation = { ...sampleImage({ author: 'attestation' }) }
    const unknown = { image: attestation, platform: { os: 'unknown', architecture: 'unknown' } }
    const index = sampleIndex([{ image, platform }, unknown])
    registry.manifests.set('multi', index)
    registry.push('attestation', attestation)
    expect((await ask(at('manifests/multi'))).body).toEqual(index.bytes)
    expect((await ask(at(`manifests/${digestOf(attestation.manifest)}`))).body).toEqual(attestation.manifest)
  })

  test('has a tag resolved at the registry each time', async () => {
    await ask(at('manifests/v1'))
    const moved = sampleImage({ author: 'moved' })
    registry.push('v1', moved)
    expect((await ask(at('manifests/v1'))).body).toEqual(moved.manifest)
  })

  test('gets a range of a layer, and may resume one by its digest alone', async () => {
    const [, layer = Buffer.alloc(0)] = image.layers
    const some = await ask(at(`blobs/${digestOf(layer)}`), { headers: { range: 'bytes=100-199' } })
    expect(some).toMatchObject({ status: 206, headers: { 'content-range': `bytes 100-199/${layer.length}` } })
    expect(some.body).toEqual(layer.subarray(100, 200))
    const past = await ask(at(`blobs/${digestOf(layer)}`), { headers: { range: `bytes=${layer.length}-` } })
    expect(past.status).toBe(416)
  })

  test('S11: gets bytes that we kept only after the registry gave the blob to this login', async () => {
    const digest = digestOf(image.config)
    await ask(at('manifests/v1'), { engine: 'docker' })
    expect((await ask(at(`blobs/${digest}`), { engine: 'docker' })).body).toEqual(image.config)
    await ask(at('manifests/v1'), { engine: 'podman' })
    registry.intercept = ({ url = '' }, response) => url.includes('/blobs/') && !!response.writeHead(403).end()
    const refused = await ask(at(`blobs/${digest}`), { engine: 'podman' })
    expect([refused.status, refused.body.includes(image.config)]).toEqual([403, false])
    // Within five minutes the registry's word to this pull holds.
    expect((await ask(at(`blobs/${digest}`), { engine: 'docker' })).body).toEqual(image.config)
    const now = performance.now.bind(performance)
    using clock = vi.spyOn(performance, 'now')
    clock.mockImplementation(() => now() + 5 * 60_000)
    expect((await ask(at(`blobs/${digest}`), { engine: 'docker' })).status).toBe(403)
  })

  test('cannot have its own Authorization passed on', async () => {
    await ask(at('manifests/v1'), { headers: { authorization: 'Basic Zm9yZWlnbg==' } })
    expect(registry.authorizations()).not.toContain('Basic Zm9yZWlnbg==')
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('cannot %s: the mirror only serves', async (method) => {
    const answer = await ask(at('manifests/v1'), { method })
    expect(answer).toMatchObject({ status: 403, headers: { allow: 'GET, HEAD' } })
    expect(asked()).toEqual([])
  })

  test('gets no layer that the registry sends wrong, and the others of the pull', async () => {
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = image.layers
    registry.blobs.set(digestOf(first), Buffer.alloc(first.length))
    expect((await ask(at(`blobs/${digestOf(first)}`))).reason).toContain('(IMAGE_CORRUPT)')
    expect((await ask(at(`blobs/${digestOf(second)}`))).body).toEqual(second)
  })
})

describe('a registry', () => {
  test('may keep the length of a blob to itself, if a manifest says it', async () => {
    registry.intercept = ({ url = '' }, response) => {
      const blob = registry.blobs.get(url.split('/blobs/')[1] ?? '')
      if (blob === undefined) return false
      response.write(blob.subarray(0, 1))
      return !!response.end(blob.subarray(1))
    }
    const [first = Buffer.alloc(0)] = image.layers
    expect((await ask(at(`blobs/${digestOf(first)}`))).reason).toContain('(REGISTRY_PROTOCOL)')
    await ask(at('manifests/v1'))
    for (const blob of image.blobs) expect((await ask(at(`blobs/${digestOf(blob)}`))).body).toEqual(blob)
  })

  test('S17: cannot give a blob that we kept another length than its manifest', async () => {
    const blob = at(`blobs/${digestOf(image.config)}`)
    await ask(at('manifests/v1'), { engine: 'docker' })
    await ask(blob, { engine: 'docker' })
    await ask(at('manifests/v1'), { engine: 'podman' })
    const range = `bytes 0-0/${image.config.length + 1}`
    registry.intercept = ({ url = '' }, response) =>
      url.includes('/blobs/') && !!response.writeHead(206, { 'content-range': range }).end('{')
    const answer = await ask(blob, { engine: 'podman' })
    expect([answer.status, answer.reason]).toEqual([403, expect.stringContaining('(IMAGE_CORRUPT)')])
  })

  test('S17: cannot pass off nothing as a blob', async () => {
    registry.intercept = ({ url = '' }, response) =>
      url.includes('/blobs/') && !!response.writeHead(416, { 'content-range': 'bytes */0' }).end()
    const empty = digestOf(Buffer.alloc(0))
    expect(await ask(at(`blobs/${empty}`))).toMatchObject({ status: 200, body: Buffer.alloc(0) })
    expect((await ask(at(`blobs/${digestOf(image.config)}`))).reason).toContain('(IMAGE_CORRUPT)')
  })

  test('that lacks a blob which its manifest names has an incomplete image', async () => {
    registry.blobs.clear()
    const blob = at(`blobs/${digestOf(image.config)}`)
    expect((await ask(blob)).reason).toContain('(IMAGE_NOT_FOUND)')
    await ask(at('manifests/v1'))
    const answer = await ask(blob)
    expect([answer.status, answer.reason]).toEqual([403, expect.stringContaining('(IMAGE_INCOMPLETE)')])
  })
})

describe('a refusal', () => {
  const codeOf = ({ reason, body }: Answer) => {
    const code = /\(([A-Z_]+)\)/.exec(reason)?.[1]
    expect(body.toString()).toContain(`(${code})`)
    return code
  }

  test('S4: is what an engine gets if the secret is for another registry; the registry hears of no login', async () => {
    await keepSecret('login', { username, password, server: 'other.example.com' })
    const answer = await ask(at('manifests/v1'))
    expect([answer.status, codeOf(answer)]).toEqual([403, 'CREDENTIAL_SERVER_MISMATCH'])
    expect(asked()).toEqual([])
  })

  test('says that the login was rejected', async () => {
    registry.accepted = new Set([basic('changed')])
    expect(codeOf(await ask(at('manifests/v1')))).toBe('REGISTRY_LOGIN_REJECTED')
  })

  test('says that there is no such tag, not as a 404: after one, containerd asks elsewhere and forgets what we said', async () => {
    const answer = await ask(at('manifests/none'))
    expect([answer.status, codeOf(answer)]).toEqual([403, 'IMAGE_NOT_FOUND'])
  })

  test('says that the secret is missing, and that a host has no door', async () => {
    await writePolicy({ doors: { [`${registry.host}/team`]: 'nowhere' } })
    expect(codeOf(await ask(at('manifests/v1')))).toBe('SECRET_NOT_FOUND')
    const elsewhere = at('manifests/v1').replace('team', 'other')
    expect(codeOf(await ask(elsewhere))).toBe('DOOR_NOT_OPEN')
    expect(asked()).toEqual([])
  })

  test('S24: without a login is possible only where the owner says so', async () => {
    await writePolicy({ doors: { [registry.host]: null } })
    expect(codeOf(await ask(at('manifests/v1')))).toBe('REGISTRY_AUTH_MISSING')
    registry.accepted = null
    expect((await ask(at('manifests/v1').replace('team', 'public'))).status).toBe(200)
    expect(registry.authorizations()).toEqual([])
  })

  test('is recorded once, although an engine asks again by GET', async () => {
    await keepSecret('login', { username, password, server: 'other.example.com' })
    await ask(at('manifests/v1'), { method: 'HEAD' })
    await ask(at('manifests/v1'))
    stop.abort()
    await running
    expect(path.ledger.unacknowledged(10)).toMatchObject([
      { decision: 'refused', login: 'parsed', code: 'CREDENTIAL_SERVER_MISMATCH' },
    ])
  })
})

describe('the owner’s file', () => {
  test('closes a door at the next request', async () => {
    await ask(at('manifests/v1'))
    await writePolicy({ doors: { 'other.example.com': 'login' } })
    expect((await ask(at('manifests/v1'))).reason).toContain('DOOR_NOT_OPEN')
  })

  test.each([
    ['allows no registry by name', { allowed_registries: null }, 'DOOR_NEEDS_ALLOWED_REGISTRIES'],
    ['allows other registries only', { allowed_registries: ['other.example.com'] }, 'REGISTRY_NOT_ALLOWED'],
    ['does not allow the secret', { allowed_secrets: [] }, 'SECRET_NOT_ALLOWED_HERE'],
    ['has a field that does not exist', { allowed: [] }, 'POLICY_INVALID'],
  ])('S7: that %s refuses everything, even in a pull that runs', async (_, policy, code) => {
    await ask(at('manifests/v1'))
    registry.seen.length = 0
    await writePolicy(policy)
    expect((await ask(at('manifests/v1'))).reason).toContain(`(${code})`)
    expect((await ask(at(`blobs/${digestOf(image.config)}`))).reason).toContain(`(${code})`)
    expect(asked()).toEqual([])
  })

  test('limits the bytes of an image: of one layer, and of all together', async () => {
    const total = image.blobs.reduce((sum, { length }) => sum + length, 0)
    await writePolicy({ max_image_bytes: total - 1 })
    expect((await ask(at('manifests/v1'))).reason).toContain('(IMAGE_TOO_LARGE)')
    await writePolicy({ max_image_bytes: total })
    expect((await ask(at('manifests/v1'))).status).toBe(200)
    await writePolicy({ max_image_bytes: 1000 })
    const [, large = Buffer.alloc(0)] = image.layers
    expect((await ask(at(`blobs/${digestOf(large)}`))).reason).toContain('(IMAGE_TOO_LARGE)')
  })

  test('without doors ends the mirror, and with another port moves it', async () => {
    await writePolicy({ doors: {} })
    await eventually(
      () =>
        ask('/v2/').then(
          () => undefined,
          () => true,
        ),
      { what: 'nothing is served' },
    )
    port = await freePort()
    await writePolicy()
    await untilServed()
  })
})

describe('a stranger', () => {
  test('without an engine’s key gets nothing', async () => {
    const { promise, resolve } = Promise.withResolvers<string>()
    request({ host: '127.0.0.1', port, path: at('manifests/v1'), rejectUnauthorized: false }, () => resolve('answered'))
      .on('error', ({ code }: NodeJS.ErrnoException) => resolve(String(code)))
      .end()
    expect(await promise).not.toBe('answered')
    expect(asked()).toEqual([])
  })

  test('with keys of another authority gets nothing', async () => {
    const other = newFolder('other-keys')
    await openMirrorKeys(other, Date.now())
    const read = (name: string) => readFileSync(join(keyFolder(other), name))
    const { promise, resolve } = Promise.withResolvers<string>()
    const keys = { cert: read('docker.crt'), key: read('docker.key'), rejectUnauthorized: false }
    request({ host: '127.0.0.1', port, path: at('manifests/v1'), ...keys }, () => resolve('answered'))
      .on('error', ({ code }: NodeJS.ErrnoException) => resolve(String(code)))
      .end()
    expect(await promise).not.toBe('answered')
  })

  test('that speaks no TLS is cut off, and listens in vain on other addresses', async () => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.write('GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n')
    const answer = await buffer(socket).catch(() => Buffer.alloc(0))
    expect(answer.toString()).not.toContain('HTTP/1.1 200')
    const elsewhere = connect({ host: '127.0.0.2', port })
    await expect(
      new Promise((resolve, reject) => elsewhere.on('connect', resolve).on('error', reject)),
    ).rejects.toThrow('ECONNREFUSED')
  })

  test('from another address gets nothing, even with an engine’s key and the port of its connection', async () => {
    const keys = { ...(await keysOf('docker')), checkServerIdentity }
    const engine = connect({ host: '127.0.0.1', port })
    await once(engine, 'connect')
    const { localPort = 0 } = engine
    const { promise, resolve } = Promise.withResolvers<string>()
    const from = { localAddress: '127.0.0.2', localPort }
    request({ host: '127.0.0.1', port, path: at('manifests/v1'), agent: false, ...from, ...keys }, () =>
      resolve('answered'),
    )
      .on('error', ({ code }: NodeJS.ErrnoException) => resolve(String(code)))
      .end()
    expect(await promise).toBe('ECONNRESET')
    expect(asked()).toEqual([])
    engine.destroy()
  })

  test('behind another name, as a web page would be, gets nothing', async () => {
    await expect(ask(at('manifests/v1'), { headers: { host: 'rebound.example.com' } })).rejects.toThrow('hang up')
    expect(asked()).toEqual([])
  })
})

describe('a pull', () => {
  test('whose tag moves is followed by another, with a record of its own', async () => {
    await ask(at('manifests/v1'))
    const moved = sampleImage({ author: 'moved' })
    registry.push('v1', moved)
    await ask(at('manifests/v1'))
    await ask(at(`blobs/${digestOf(moved.config)}`))
    await end()
    expect(path.ledger.unacknowledged(10).map(({ digest, bytes }) => ({ digest, bytes }))).toEqual(
      expect.arrayContaining([
        { digest: digestOf(image.manifest), bytes: 0 },
        { digest: digestOf(moved.manifest), bytes: moved.config.length },
      ]),
    )
  })

  test('that was refused is not refused for longer because someone keeps asking', async () => {
    await keepSecret('login', { username, password, server: 'other.example.com' })
    expect((await ask(at('manifests/v1'))).status).toBe(403)
    await keepSecret('login', { username, password, server: registry.host })
    const began = performance.now()
    const answers: number[] = []
    while (answers.at(-1) !== 200 && performance.now() - began < 20_000) {
      answers.push((await ask(at('manifests/v1'))).status)
      await sleep(200)
    }
    expect(answers.at(-1)).toBe(200)
  })

  test('is no failure because the registry knows no referrers', async () => {
    await ask(at('manifests/v1'))
    registry.intercept = ({ url = '' }, response) => url.includes('/referrers/') && !!response.writeHead(404).end()
    expect((await ask(at(`referrers/${digestOf(image.manifest)}`))).status).toBe(404)
    await end()
    expect(path.ledger.unacknowledged(10)).toMatchObject([{ code: null }])
  })
})

test('engines are served while strangers without a key hold connections by the hundred', async () => {
  const strangers = Array.from({ length: 400 }, () => connect({ host: '127.0.0.1', port }).on('error', () => undefined))
  await Promise.all(strangers.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
  // The oldest give way long before their time for the handshake is over, so that they do not use up what the agent may have open.
  const areFew = () => strangers.filter(({ closed }) => !closed).length <= 128
  await eventually(() => areFew() || undefined, { what: 'the oldest are cut off', timeoutMs: 5_000 })
  const answers = await Promise.all([1, 2, 3, 4].map(() => ask(at('manifests/v1'))))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  for (const socket of strangers) socket.destroy()
})

test('other keys are made, and used, once those that were stolen are removed', async () => {
  const ca = () => readFileSync(join(keyFolder(folder), 'ca.crt'), 'utf8')
  const stolen = ca()
  rmSync(keyFolder(folder), { recursive: true })
  await eventually(() => (existsSync(join(keyFolder(folder), 'ca.crt')) && ca() !== stolen ? true : undefined), {
    what: 'other keys are made',
  })
  await untilServed()
})

describe('while its keys are renewed', () => {
  const day = 24 * 3600 * 1000
  // Days ago: the certificates must be valid on the real clock, too.
  const begin = Date.now() - 3 * day
  const inKeys = (name: string) => readFileSync(join(keyFolder(folder), name), 'utf8')
  const authorities = () => inKeys('ca.crt').split('BEGIN CERTIFICATE').length - 1
  /** An engine reads its keys when its pull begins. */
  const beginPull = () => new EngineClient({ port, stateDir: folder, engine: 'docker', patienceMs: 10_000 })

  beforeEach(async () => {
    await end()
    rmSync(keyFolder(folder), { recursive: true })
    vi.useFakeTimers({ toFake: ['Date'], now: begin })
    await openMirrorKeys(folder, begin - 60 * day + 3_600_000)
    stop = new AbortController()
    await start()
  })
  afterEach(() => vi.useRealTimers())

  /** The next keys are made known, and a day later used. */
  async function announce(): Promise<void> {
    vi.setSystemTime(begin + 2 * 3_600_000)
    await eventually(() => (authorities() === 2 ? true : undefined), { what: 'the next authority is known' })
  }
  async function use(): Promise<void> {
    const before = inKeys('docker.key')
    vi.setSystemTime(begin + day + 3 * 3_600_000)
    await eventually(() => (inKeys('docker.key') === before ? undefined : true), { what: 'the next keys are used' })
  }

  test('a request that is being answered is not cut', async () => {
    const [, layer = Buffer.alloc(0)] = image.layers
    const { promise: mayEnd, resolve: release } = Promise.withResolvers<void>()
    using client = beginPull()
    await client.ask(at('manifests/v1'))
    registry.intercept = ({ url = '' }, response) => {
      if (!url.endsWith(digestOf(layer))) return false
      response.writeHead(200, { 'content-length': layer.length })
      void mayEnd.then(() => response.end(layer))
      return true
    }
    const pulling = client.ask(at(`blobs/${digestOf(layer)}`))
    await announce()
    await use()
    release()
    expect((await pulling).body).toEqual(layer)
  })

  test('a pull that began before goes on over new connections, and so does each that begins at any moment', async () => {
    using early = beginPull()
    await announce()
    expect((await early.ask(at('manifests/v1'))).status).toBe(200)
    using later = beginPull()
    await use()
    expect((await later.ask(at('manifests/v1'))).status).toBe(200)
    expect((await ask(at('manifests/v1'))).status).toBe(200)
  })

  test('a probe is proved with the key that the engine has now', async () => {
    await announce()
    await use()
    const nonce = newNonce()
    const answer = await ask(`/v2/${segmentOf(registry.host)}/fairlead/probe/manifests/${nonce}`)
    expect(answer.reason).toContain(proofOf(Buffer.from(inKeys('docker.key')), nonce))
  })
})

test('a registry whose authority cannot be read is refused in words', async () => {
  const secured = 'tls.example.com'
  await keepSecret('tls', { username, password, server: secured })
  await writePolicy({
    allowed_registries: [secured],
    doors: { [secured]: 'tls' },
    registry_ca: { [secured]: '/nowhere/ca.pem' },
  })
  const answer = await ask(`/v2/${secured}/team/app/manifests/v1`, { method: 'HEAD' })
  expect([answer.status, answer.reason]).toEqual([403, expect.stringContaining('(POLICY_INVALID)')])
  expect((await ask('/v2/')).status).toBe(200)
})

describe('a registry where pods have different rights', () => {
  const trainer = { namespace: 'team-a', name: 'trainer' }
  beforeEach(async () => {
    await keepSecret('trainer', { username, password, server: registry.host })
    await keepSecret('other', { username, password: 'of another team', server: registry.host })
    await writeMap({ 'team-a/trainer': { [`${registry.host}/team`]: 'trainer' } })
  })

  const writeMap = (service_accounts: object) =>
    writeFile(join(folder, 'kubelet.yaml'), JSON.stringify({ service_accounts }), { mode: 0o600 })
  /** As containerd shows what the kubelet's provider gave for a pod. */
  async function ticketFor(account: ServiceAccount | null, repository = 'team/app') {
    const give = ticketsOf({ policyFile: join(folder, 'policy.yaml'), stateDir: folder })
    const ticket = await give(parseImageReference(`${registry.host}/${repository}`), account)
    return { authorization: `Basic ${Buffer.from(`${ticketUser}:${ticket}`).toString('base64')}` }
  }
  const pullAs = async (account: ServiceAccount | null, target = at('manifests/v1')) =>
    ask(target, { engine: 'containerd', headers: await ticketFor(account) })

  test('asks for a ticket, and gives the image to the service account that the owner named', async () => {
    const first = await ask(at('manifests/v1'), { engine: 'containerd', method: 'HEAD' })
    expect([first.status, first.headers['www-authenticate']]).toEqual([401, 'Basic realm="fairlead"'])
    const answer = await pullAs(trainer)
    expect([answer.status, answer.headers['docker-content-digest']]).toEqual([200, digestOf(image.manifest)])
    stop.abort()
    await running
    expect(path.ledger.unacknowledged(10)).toMatchObject([{ secret_reference: 'trainer', engine: 'containerd' }])
  })

  test.each([
    ['another namespace', { namespace: 'team-b', name: 'trainer' }, 'SERVICE_ACCOUNT_NOT_NAMED'],
    ['another service account', { namespace: 'team-a', name: 'default' }, 'SERVICE_ACCOUNT_NOT_NAMED'],
    ['no service account', null, 'SERVICE_ACCOUNT_MISSING'],
  ])('S2: refuses a pod of %s in words, whatever there is for all', async (_, account, code) => {
    await pullAs(trainer)
    for (const target of [at('manifests/v1'), at(`blobs/${digestOf(image.config)}`)]) {
      const answer = await pullAs(account, target)
      expect([answer.status, answer.reason]).toEqual([403, expect.stringContaining(`(${code})`)])
    }
  })

  test('S2: refuses a ticket for another repository, and a login of somebody’s pull secret', async () => {
    const stolen = await ask(at('manifests/v1'), { headers: await ticketFor(trainer, 'team/other') })
    const typed = await ask(at('manifests/v1'), { headers: { authorization: basic(password) } })
    expect([stolen.status, typed.status]).toEqual([401, 401])
    expect(asked()).toEqual([])
  })

  test('S2: refuses a ticket that is an hour old', async () => {
    const headers = await ticketFor(trainer)
    const began = Date.now()
    using clock = vi.spyOn(Date, 'now').mockReturnValue(began + 59 * 60_000)
    expect((await ask(at('manifests/v1'), { headers })).status).toBe(200)
    clock.mockReturnValue(began + 60 * 60_000)
    expect((await ask(at('manifests/v1'), { headers })).status).toBe(401)
  })

  test('S4: uses the login of the service account alone, even while another’s pull of the same image runs', async () => {
    await writeMap({ 'team-a': { [registry.host]: 'trainer' }, 'team-b': { [registry.host]: 'other' } })
    expect((await pullAs(trainer)).status).toBe(200)
    expect((await pullAs({ namespace: 'team-b', name: 'x' })).reason).toContain('(REGISTRY_LOGIN_REJECTED)')
  })

  test('S7: refuses at the next request what the owner took out of the map, and everything if it cannot be used', async () => {
    expect((await pullAs(trainer)).status).toBe(200)
    await writeMap({ 'team-b': { [registry.host]: 'trainer' } })
    expect((await pullAs(trainer)).reason).toContain('(SERVICE_ACCOUNT_NOT_NAMED)')
    await writeFile(join(folder, 'kubelet.yaml'), 'registries: [')
    expect((await pullAs(trainer)).reason).toContain('(LOGIN_MAP_INVALID)')
  })
})

test.each([
  ['without a door', { doors: { 'other.example.com': 'login' } }, 'DOOR_NOT_OPEN'],
  ['without a list of registries', { allowed_registries: null }, 'DOOR_NEEDS_ALLOWED_REGISTRIES'],
  ['whose owner’s file cannot be used', { allowed: [] }, 'POLICY_INVALID'],
])('a probe of a registry %s gets no proof', async (_, policy, code) => {
  await writePolicy(policy)
  const answer = await ask(`/v2/${segmentOf(registry.host)}/fairlead/probe/manifests/${newNonce()}`)
  expect(answer.reason).toContain(`(${code})`)
})

test('a probe is answered with a proof that only root and the mirror know, and asks nobody', async () => {
  const nonce = newNonce()
  const answer = await ask(`/v2/${segmentOf(registry.host)}/fairlead/probe/manifests/${nonce}`, { engine: 'podman' })
  expect(answer.status).toBe(403)
  expect(answer.reason).toContain(proofOf(readFileSync(join(keyFolder(folder), 'podman.key')), nonce))
  expect(asked()).toEqual([])
})
