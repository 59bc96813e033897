import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { problem } from '@fairlead/contract/problems'
import { eventually } from '@fairlead/testkit'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import {
  configForAnotherMachine,
  fakeTicket,
  inChunks,
  sha256,
  silence,
  type FakeTicket,
  type Upstream,
} from '../testing/fake-ticket.ts'
import { diskRoom } from '../layers/blob-room.ts'
import { BlobStore } from '../layers/blob-store.ts'
import { Gateway, type GatewayOptions } from './gateway.ts'
import type { ImageConfig, PullTicket } from '../registry/image/pull-ticket.ts'
import type { AllowedPeer } from './peer-check.ts'

const layer = randomBytes(300_000)
const self: AllowedPeer = { uid: process.getuid?.() ?? null, pids: [process.pid] }
const stop = new AbortController()
let ticket: FakeTicket
let pull: Gateway
/** Of the pull that was opened last. */
let fetched = 0

async function open(upstream?: Upstream, signal: AbortSignal = stop.signal, engine = self): Promise<void> {
  ticket = fakeTicket({ layers: [layer, Buffer.from('second')] }, upstream)
  fetched = 0
  pull = await Gateway.open(ticket, options(engine), signal)
}

const options = (engine = self): GatewayOptions => ({
  blobs: new BlobStore([], { patience: { stallMs: 100, retries: 1, pauseMs: 1 } }),
  engine,
  onFetched: (bytes) => (fetched += bytes),
})

const authority = (): string => pull.name.slice(0, pull.name.indexOf('/'))
const pathOf = (): string => pull.name.slice(pull.name.indexOf('/') + 1)
const blobPath = (index: number): string => `/v2/${pathOf()}/blobs/${ticket.layers[index]?.digest}`

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

interface Asking {
  readonly method?: string
  readonly headers?: Record<string, string>
}

/** One request on a separate connection; rejects if the connection is cut midway. */
function ask(target: string, asking: Asking = {}): Promise<Answer> {
  const { method = 'GET', headers = {} } = asking
  return new Promise((resolve, reject) => {
    const [host, port] = authority().split(':')
    const asked = request({ host, port, path: target, method, headers, agent: false }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      )
    })
    asked.on('error', reject)
    asked.end()
  })
}

/** As containerd asks for a part: by an open range, and without reading its answer to the end. */
function readPart(target: string, start: number, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const [host, port] = authority().split(':')
    const headers = start === 0 ? {} : { range: `bytes=${start}-` }
    const asked = request({ host, port, path: target, headers, agent: false }, (response) => {
      const parts: Buffer[] = []
      let bytes = 0
      response.on('data', (part: Buffer) => {
        parts.push(part)
        bytes += part.length
        if (bytes < length) return
        response.destroy()
        resolve(Buffer.concat(parts).subarray(0, length))
      })
      response.on('error', () => bytes < length && reject(new Error('cut')))
    })
    asked.on('error', reject)
    asked.end()
  })
}

beforeEach(() => open())
afterEach(() => pull[Symbol.asyncDispose]())

describe('the gateway of one pull', () => {
  test('has a name on loopback with 128 random bits in its path', async () => {
    expect(pull.name).toMatch(/^127\.0\.0\.1:\d+\/[0-9a-f]{32}$/)
    expect(pull.reference).toBe(`${pull.name}@${ticket.digest}`)
    const paths: string[] = []
    for (let count = 0; count < 64; count++) {
      await using another = await Gateway.open(ticket, { blobs: new BlobStore([]), engine: self }, stop.signal)
      paths.push(another.name.slice(another.name.indexOf('/') + 1))
    }
    // No bit is the same in all of them, and no two bits are always equal.
    const bits = paths.map((path) => BigInt(`0x${path}`))
    const columns = Array.from({ length: 128 }, (_, bit) => bits.map((path) => (path >> BigInt(bit)) & 1n).join(''))
    expect(new Set([...columns, '0'.repeat(64), '1'.repeat(64)]).size).toBe(128 + 2)
  })

  test('answers the ping without counting it as a visit by the engine', async () => {
    const answer = await ask('/v2/')
    expect([answer.status, answer.headers['docker-distribution-api-version']]).toEqual([200, 'registry/2.0'])
    expect(pull.reached).toBe(false)
  })

  test('serves the admitted manifest byte for byte', async () => {
    const answer = await ask(`/v2/${pathOf()}/manifests/${ticket.digest}`)
    expect(answer.body).toEqual(Buffer.from(ticket.manifests[0]!.bytes))
    expect(answer.headers).toMatchObject({
      'content-type': 'application/vnd.oci.image.manifest.v1+json',
      'docker-content-digest': ticket.digest,
    })
    expect(pull.reached).toBe(true)
  })

  test('serves the config that was read for the admission, and does not fetch it', async () => {
    const { bytes } = await ticket.imageConfig
    const target = `/v2/${pathOf()}/blobs/${ticket.config.digest}`
    expect((await ask(target)).body).toEqual(Buffer.from(bytes))
    const rest = await ask(target, { headers: { range: 'bytes=10-' } })
    expect([rest.status, rest.body]).toEqual([206, Buffer.from(bytes.subarray(10))])
    expect(ticket.fetches).toEqual([])
    expect([...pull.verified]).toEqual([ticket.config.digest])
  })

  describe('while the config is still being read', () => {
    const config = Promise.withResolvers<ImageConfig>()

    test('serves the manifest, and a layer only once the config was admitted', async () => {
      const admitted = await ticket.imageConfig
      const waiting = Promise.withResolvers<void>()
      const unread: PullTicket = {
        ...ticket,
        get imageConfig() {
          waiting.resolve()
          return config.promise
        },
      }
      await using early = await Gateway.open(unread, options(), stop.signal)
      pull = early
      expect((await ask(`/v2/${pathOf()}/manifests/${ticket.digest}`)).status).toBe(200)
      const asked = ask(blobPath(0))
      await waiting.promise
      expect(ticket.fetches).toEqual([])
      config.resolve(admitted)
      expect((await asked).body).toEqual(layer)
    })

    test('S16: serves no blob of an image that turns out to be for another machine, and says why', async () => {
      const elsewhere = { ...ticket, imageConfig: configForAnotherMachine() }
      await using early = await Gateway.open(elsewhere, options(), stop.signal)
      pull = early
      for (const digest of [ticket.layers[0]?.digest, ticket.config.digest]) {
        expect((await ask(`/v2/${pathOf()}/blobs/${digest}`)).status).toBe(404)
      }
      expect(early.failure?.code).toBe('IMAGE_PLATFORM_MISMATCH')
      expect(ticket.fetches).toEqual([])
    })
  })

  test('S16: for an index, has the name of the platform’s image, and serves only its manifest', async () => {
    const plain = fakeTicket({ layers: [layer] })
    const [image] = plain.manifests
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [] }))
    const index = { mediaType: 'application/vnd.oci.image.index.v1+json', digest: sha256(bytes), size: 1, bytes }
    ticket = { ...plain, digest: index.digest, manifests: [index, image!] }
    await pull[Symbol.asyncDispose]()
    pull = await Gateway.open(ticket, { blobs: new BlobStore([]), engine: self }, stop.signal)
    expect(pull.reference).toBe(`${pull.name}@${image!.digest}`)
    const statusOf = async (digest: string) => (await ask(`/v2/${pathOf()}/manifests/${digest}`)).status
    expect([await statusOf(image!.digest), await statusOf(index.digest)]).toEqual([200, 404])
  })

  test('serves a blob, counts its bytes and verifies it', async () => {
    const answer = await ask(blobPath(0))
    expect(answer.body.equals(layer)).toBe(true)
    expect(answer.headers['content-length']).toBe('300000')
    expect(fetched).toBe(300_000)
    expect([...pull.verified]).toEqual([ticket.layers[0]!.digest])
  })

  test('answers HEAD from what it knows, without asking the registry', async () => {
    const answer = await ask(blobPath(0), { method: 'HEAD' })
    expect([answer.status, answer.headers['content-length'], answer.body.length]).toEqual([200, '300000', 0])
    expect(ticket.fetches).toEqual([])
  })

  test("serves the engine's own Range from a verified fetch of the whole", async () => {
    const answer = await ask(blobPath(0), { headers: { range: 'bytes=200000-' } })
    expect([answer.status, answer.headers['content-range']]).toEqual([206, 'bytes 200000-299999/300000'])
    expect(answer.body.equals(layer.subarray(200_000))).toBe(true)
    expect(ticket.fetches).toEqual([`${ticket.layers[0]!.digest}@0`])
    expect(pull.verified.size).toBe(1)
  })

  test('serves many open ranges at once, of which the engine reads a part before it hangs up, from one fetch', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fairlead-gateway-'))
    await using blobs = new BlobStore([diskRoom(folder, 0)])
    const large = randomBytes(24 * 1024 * 1024)
    let sent = 0
    ticket = fakeTicket({ layers: [large] }, async (_blob, offset, _signal, honest) => ({
      offset,
      body: (async function* () {
        for await (const chunk of inChunks(honest.subarray(offset), 64 * 1024)) {
          sent += chunk.length
          yield chunk
        }
      })(),
    }))
    await pull[Symbol.asyncDispose]()
    fetched = 0
    pull = await Gateway.open(ticket, { ...options(), blobs }, stop.signal)
    const part = 3 * 1024 * 1024
    const starts = Array.from({ length: large.length / part }, (_, index) => index * part)
    const parts = await Promise.all(starts.map((start) => readPart(blobPath(0), start, part)))
    expect(Buffer.concat(parts).equals(large)).toBe(true)
    expect([sent, fetched, pull.verified.size]).toEqual([large.length, large.length, 1])
    await rm(folder, { recursive: true })
  })

  test('S9: has 64 connections at once; another one is cut off, until one of them ends', async () => {
    /** Asks once and stays; null if it was cut off instead of served. */
    const stay = (): Promise<Socket | null> => {
      const [host, port] = authority().split(':')
      const socket = connect({ host, port: Number(port) })
      onTestFinished(() => void socket.destroy())
      socket.write(`GET /v2/ HTTP/1.1\r\nhost: ${authority()}\r\n\r\n`)
      return new Promise((resolve) => {
        socket.once('data', () => resolve(socket))
        socket.on('close', () => resolve(null)).on('error', () => undefined)
      })
    }
    const held = await Promise.all(Array.from({ length: 64 }, stay))
    expect(held).not.toContain(null)
    expect(await stay()).toBeNull()
    held[0]?.destroy()
    await eventually(async () => (await stay()) ?? undefined, { what: 'there is room for another' })
  })

  test('does not mix up concurrent layers', async () => {
    const [one, two, three] = await Promise.all([ask(blobPath(0)), ask(blobPath(1)), ask(blobPath(0))])
    expect([one.body.equals(layer), two.body.toString(), three.body.equals(layer)]).toEqual([true, 'second', true])
  })

  const elsewhere: readonly (readonly [string, () => string])[] = [
    ['another path', () => `/v2/${'0'.repeat(32)}/manifests/${ticket.digest}`],
    ['another digest', () => `/v2/${pathOf()}/blobs/sha256:${'0'.repeat(64)}`],
    ['a blob as a manifest', () => `/v2/${pathOf()}/manifests/${ticket.layers[0]!.digest}`],
    ['a tag', () => `/v2/${pathOf()}/manifests/latest`],
    ['the catalog', () => '/v2/_catalog'],
    ['anything else', () => '/'],
  ]
  test.for(elsewhere)('%s is a 404 with a body that Docker can read', async ([, target]) => {
    const answer = await ask(target())
    expect(answer.status).toBe(404)
    expect(JSON.parse(answer.body.toString())).toMatchObject({ errors: [{ code: expect.any(String) }] })
    expect(ticket.fetches).toEqual([])
  })

  test('answers another Host with a 404, so that a web page cannot reach it under its own name', async () => {
    const answer = await ask(`/v2/${pathOf()}/manifests/${ticket.digest}`, { headers: { host: 'evil.test' } })
    expect(answer.status).toBe(404)
  })

  test.for(['POST', 'PUT', 'PATCH', 'DELETE'])('rejects %s: it is read-only', async (method) => {
    expect((await ask(blobPath(0), { method })).status).toBe(405)
  })

  test('answers a Range past the end with a 416', async () => {
    expect((await ask(blobPath(0), { headers: { range: 'bytes=300000-' } })).status).toBe(416)
  })

  test('listens only on 127.0.0.1', async () => {
    const port = Number(authority().split(':')[1])
    const reached = await new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.2', port }, () => resolve(true))
      socket.on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
    })
    expect(reached).toBe(false)
  })
})

describe('S12: a process other than the engine', () => {
  const stranger = { ...self, pids: [1] }

  test.for([
    ['another process of the same user', stranger],
    ['another user', { uid: 4_000_000, pids: null }],
    ['one that cannot be told apart, since no engine was seen', { uid: null, pids: null }],
  ] as const)('gets no byte, whatever it knows: %s', async ([, engine]) => {
    await open(undefined, stop.signal, engine)
    for (const target of [`/v2/${pathOf()}/manifests/${ticket.digest}`, blobPath(0), '/v2/']) {
      await expect(ask(target)).rejects.toThrow(/socket hang up|ECONNRESET/)
    }
    expect([pull.reached, ticket.fetches]).toEqual([false, []])
  })

  test('takes no connection away from the engine, however many it opens', async () => {
    const [host, port] = authority().split(':')
    const crowd = await spawnCrowd(Number(port), host)
    try {
      expect((await ask(blobPath(0))).status).toBe(200)
    } finally {
      crowd.kill()
    }
  })
})

/** Another process of this user that opens 200 connections and reopens each one it loses. */
async function spawnCrowd(port: number, address = '127.0.0.1'): Promise<ChildProcess> {
  const program = `
    const { connect } = require('node:net')
    let opened = 0
    const open = () => {
      const socket = connect(${port}, '${address}', () => ++opened === 200 && console.log('there'))
      socket.on('error', () => {}).on('close', () => setTimeout(open, 5))
    }
    for (let i = 0; i < 200; i++) open()`
  const crowd = spawn(process.execPath, ['--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(crowd.stdout, 'data')
  return crowd
}

describe('when the registry fails', () => {
  test('gives Docker a 404 and the pull its own code, before the first byte', async () => {
    const denied = problem('REGISTRY_ACCESS_DENIED', { registry: 'registry.example.com', repository: 'team/app' })
    await open(() => Promise.reject(denied))
    expect((await ask(blobPath(0))).status).toBe(404)
    expect(pull.failure).toBe(denied)
    expect(pull.failed.aborted).toBe(true)
  })

  test('cuts the connection on corrupt bytes, and answers everything after with a 404', async () => {
    const other = Buffer.alloc(layer.length)
    await open(async (_blob, offset) => ({ offset, body: inChunks(other, 50_000) }))
    await expect(ask(blobPath(0))).rejects.toThrow(/aborted|socket hang up/)
    expect(pull.failure?.code).toBe('IMAGE_CORRUPT')
    expect(pull.verified.size).toBe(0)
    expect((await ask(blobPath(1))).status).toBe(404)
  })

  test('reports a silent registry as a stalled pull', async () => {
    await open(async (_blob, offset, signal) => ({ offset, body: silence(signal) }))
    expect((await ask(blobPath(0))).status).toBe(404)
    expect(pull.failure?.code).toBe('PULL_STALLED')
  })

  test('recovers from a cut without the engine noticing', async () => {
    await open(async (_blob, offset, _signal, honest) => ({
      offset,
      body: inChunks(honest.subarray(offset, offset + 120_000), 30_000),
    }))
    expect((await ask(blobPath(0))).body.equals(layer)).toBe(true)
    expect(ticket.fetches).toHaveLength(3)
    expect(pull.failure).toBeNull()
  })

  test('does not report an engine that hangs up as a failure, and stops fetching', async () => {
    let ended = false
    await open(async (_blob, offset, signal, honest) => ({
      offset,
      body: (async function* () {
        yield honest.subarray(0, 1000)
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        ended = true
        throw new Error('aborted')
      })(),
    }))
    const [host, port] = authority().split(':')
    await new Promise<void>((resolve) => {
      const asked = request({ host, port, path: blobPath(0), agent: false }, (response) => {
        response.on('error', () => {})
        response.once('data', () => response.destroy())
        response.once('close', resolve)
      })
      asked.on('error', () => {})
      asked.end()
    })
    await expect.poll(() => ended).toBe(true)
    expect(pull.failure).toBeNull()
  })
})

describe('when the pull is over', () => {
  test('stops listening, but still knows the name', async () => {
    const name = pull.name
    await pull[Symbol.asyncDispose]()
    await expect(ask(`/v2/${pathOf()}/manifests/${ticket.digest}`)).rejects.toThrow('ECONNREFUSED')
    expect(pull.name).toBe(name)
  })

  test('finishes an open stream: Docker may share it with another pull', async () => {
    let release = (): void => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    await open(async (_blob, offset, _signal, honest) => ({
      offset,
      body: (async function* () {
        yield honest.subarray(0, 1000)
        await held
        yield honest.subarray(1000)
      })(),
    }))
    const answer = ask(blobPath(0))
    await expect.poll(() => fetched).toBe(1000)
    await pull[Symbol.asyncDispose]()
    release()
    expect((await answer).body.equals(layer)).toBe(true)
  })

  test('S12: answers nothing more on a connection that a stream keeps open', async () => {
    const held = Promise.withResolvers<void>()
    await open(async (_blob, offset, _signal, honest) => ({
      offset,
      body: (async function* () {
        yield honest.subarray(0, 1000)
        await held.promise
        yield honest.subarray(1000)
      })(),
    }))
    const socket = connect(Number(authority().split(':')[1]), '127.0.0.1')
    const get = (target: string): unknown => socket.write(`GET ${target} HTTP/1.1\r\nHost: ${authority()}\r\n\r\n`)
    get(blobPath(0))
    await expect.poll(() => fetched).toBe(1000)
    await pull[Symbol.asyncDispose]()
    const heard = Promise.withResolvers<unknown>()
    subscribe('http.server.request.start', heard.resolve)
    get(`/v2/${pathOf()}/manifests/${ticket.digest}`)
    await heard.promise
    unsubscribe('http.server.request.start', heard.resolve)
    held.resolve()
    let received = ''
    for await (const part of socket.setEncoding('latin1')) received += part
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404'])
  })

  test('cuts open streams on an abort', async () => {
    const gone = new AbortController()
    await open(
      async (_blob, offset, signal, honest) => ({
        offset,
        body: (async function* () {
          yield honest.subarray(0, 1000)
          yield* silence(signal)
        })(),
      }),
      gone.signal,
    )
    const answer = ask(blobPath(0))
    await expect.poll(() => fetched).toBe(1000)
    gone.abort()
    await expect(answer).rejects.toThrow(/aborted|socket hang up/)
    expect(pull.failure).toBeNull()
  })
})
