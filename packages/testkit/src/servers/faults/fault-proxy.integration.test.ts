/** Faults in front of a real registry, and of a plain connection. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  createCa,
  makeImage,
  pushImage,
  sha256,
  startFaultProxy,
  startRecorder,
  startRegistry,
  startTcpProxy,
  type FaultProxy,
  type LocalBlob,
  type Registry,
} from '../../index.ts'

const image = await makeImage({ layers: [{ randomBytes: 400_000 }] })
const layer = image.blobs.at(-1) as LocalBlob
let registry: Registry
let proxy: FaultProxy

beforeAll(async () => {
  registry = await startRegistry({ auth: { kind: 'none' } })
  proxy = await startFaultProxy({ target: registry })
  await pushImage(proxy, 'app', '1', image, null)
})
afterAll(async () => {
  await proxy.stop()
  await registry.stop()
})
afterEach(() => proxy.clear())

const blobs = /\/blobs\/sha256/
const getLayer = (headers: Record<string, string> = {}, signal: AbortSignal | null = null): Promise<Response> =>
  fetch(`${proxy.url}/v2/app/blobs/${layer.digest}`, { headers, signal })

describe('a registry behind the proxy', () => {
  test('is transparent while no fault is injected, ranges included', async () => {
    expect(sha256(await (await getLayer()).bytes())).toBe(layer.digest)
    const part = await getLayer({ range: 'bytes=100-199' })
    expect([part.status, (await part.bytes()).length]).toEqual([206, 100])
    expect(proxy.requests.at(-1)).toMatchObject({ method: 'GET', range: 'bytes=100-199', status: 206, fault: null })
  })

  test('asks clients to wait, as often as configured', async () => {
    const answer = { status: 429, headers: { 'retry-after': '1' }, body: '' }
    const fault = proxy.inject({ path: blobs, times: 2, fault: { kind: 'answer', answer } })
    const statuses = [await getLayer(), await getLayer(), await getLayer()].map(({ status }) => status)
    expect([statuses, fault.hits]).toEqual([[429, 429, 200], 2])
  })

  test.each([{ reset: false }, { reset: true }])('cuts a layer after some bytes: %o', async ({ reset }) => {
    proxy.inject({ path: blobs, times: 1, fault: { kind: 'cut', afterBytes: 1000, reset } })
    const response = await getLayer()
    expect(response.headers.get('content-length')).toBe(String(layer.size))
    await expect(response.bytes()).rejects.toThrow(/terminated/)
  })

  test('cuts the connection before it answers', async () => {
    proxy.inject({ path: /manifests/, fault: { kind: 'cut' } })
    await expect(fetch(`${proxy.url}/v2/app/manifests/1`)).rejects.toThrow(/fetch failed/)
    expect((await getLayer()).status).toBe(200)
  })

  test('stalls in the middle of a layer', async () => {
    proxy.inject({ path: blobs, fault: { kind: 'stall', afterBytes: 1000 } })
    const response = await getLayer({}, AbortSignal.timeout(500))
    let received = 0
    const reading = (async () => {
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) received += chunk.length
    })()
    await expect(reading).rejects.toThrow(/timeout/)
    expect(received).toBe(1000)
  })

  test('truncates a layer as if it were complete', async () => {
    proxy.inject({ path: blobs, fault: { kind: 'truncate', afterBytes: 1000 } })
    expect((await (await getLayer()).bytes()).length).toBe(1000)
  })

  test('changes one byte of a layer', async () => {
    proxy.inject({ path: blobs, fault: { kind: 'corrupt', atByte: 100_000 } })
    const bytes = await (await getLayer()).bytes()
    expect(bytes.length).toBe(layer.size)
    expect(sha256(bytes)).not.toBe(layer.digest)
  })

  test('does not answer at all', async () => {
    proxy.inject({ fault: { kind: 'hang' } })
    await expect(getLayer({}, AbortSignal.timeout(200))).rejects.toThrow(/timeout/)
  })

  test('is held until released', async () => {
    const { promise: until, resolve: letGo } = Promise.withResolvers<void>()
    const fault = proxy.inject({ path: blobs, fault: { kind: 'hold', until } })
    let answered = false
    const answer = getLayer().then((response) => {
      answered = true
      return response.bytes()
    })
    await expect.poll(() => fault.hits).toBe(1)
    expect(answered).toBe(false)
    letGo()
    expect(sha256(await answer)).toBe(layer.digest)
  })

  test('is slow', async () => {
    proxy.inject({ path: blobs, fault: { kind: 'slow', bytesPerSecond: 1_000_000 } })
    const start = performance.now()
    expect(sha256(await (await getLayer()).bytes())).toBe(layer.digest)
    expect(performance.now() - start).toBeGreaterThan(350)
  })
})

test('a proxy over TLS keeps the name of the registry', async () => {
  const tls = await createCa()
  await using secure = await startRegistry({ auth: { kind: 'none' }, tls })
  await using front = await startFaultProxy({ target: secure, tls, name: 'localhost' })
  const { digest } = await pushImage(front, 'app', '1', image, null)
  expect(digest).toBe(image.digest)
})

describe('a connection behind the proxy', () => {
  const ask = (port: number): Promise<number> =>
    fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(300), headers: { connection: 'close' } }).then(
      ({ status }) => status,
    )

  test('passes, is refused, reset, silent, and passes again', async () => {
    await using server = await startRecorder()
    await using link = await startTcpProxy({ to: { host: '127.0.0.1', port: Number(server.host.split(':')[1]) } })
    expect(await ask(link.port)).toBe(200)
    await link.setMode('refuse')
    await expect(ask(link.port)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
    await link.setMode('reset')
    await expect(ask(link.port)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
    await link.setMode('silence')
    await expect(ask(link.port)).rejects.toThrow(/timeout/)
    await link.setMode('pass')
    expect(await ask(link.port)).toBe(200)
  })
})
