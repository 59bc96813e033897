/** What a door gets from a repository: heads, manifests, referrers and sizes, from registries that say more, less or something else. */
import type { ServerResponse } from 'node:http'
import { parseImageReference } from '@fairlead/contract/names'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { basic, codeOf, RegistryTalk } from '../testing/registry-talk.ts'
import { sampleImage, sampleIndex } from '../testing/scripted-registry.ts'
import { digestOf } from './image/manifest.ts'
import type { OpenRepository } from './repository.ts'

let talk: RegistryTalk
let repository: OpenRepository
const image = sampleImage()
const digest = digestOf(image.manifest)
const [layer = Buffer.alloc(0)] = image.layers
const { signal } = new AbortController()

beforeEach(async () => {
  talk = await RegistryTalk.start()
  talk.registry.accepted = new Set([basic])
  talk.registry.push('v1', image)
  repository = await open()
})
afterEach(() => talk[Symbol.asyncDispose]())

function open(): Promise<OpenRepository> {
  const name = `${talk.registry.host}/team/app:v1`
  const order = { image: parseImageReference(name), login: talk.loginFor(name) }
  return talk.client.open(order, { onStep: () => undefined }, signal)
}

/** Requests of this method and kind get this answer. */
function answerTo(
  method: string,
  kind: 'manifests' | 'blobs' | 'referrers',
  answer: (response: ServerResponse) => void,
) {
  talk.registry.intercept = (request, response) => {
    if (request.method !== method || request.url?.includes(`/${kind}/`) !== true) return false
    answer(response)
    return true
  }
}
const asked = (kind: string) =>
  talk.registry.seen.filter(({ url }) => url.includes(`/${kind}/`)).map(({ method }) => method)
const headers = {
  'content-type': image.mediaType,
  'content-length': image.manifest.length,
  'docker-content-digest': digest,
}
const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)))

describe('a head', () => {
  test('is what the registry says to HEAD, by tag and by digest', async () => {
    const head = { digest, size: image.manifest.length, mediaType: image.mediaType }
    expect(await repository.head('v1', signal)).toEqual(head)
    expect(await repository.head(digest, signal)).toEqual(head)
    expect(asked('manifests')).toEqual(['HEAD', 'HEAD'])
  })

  test.each([
    ['leaves out the digest', 200, without('docker-content-digest')],
    ['leaves out the length', 200, without('content-length')],
    ['leaves out the type', 200, without('content-type')],
    ['says a digest of another kind', 200, { ...headers, 'docker-content-digest': `sha512:${'a'.repeat(128)}` }],
    ['says a length that no manifest has', 200, { ...headers, 'content-length': 5 * 1024 * 1024 }],
    ['says the type of a page', 200, { ...headers, 'content-type': 'text/html' }],
    ['knows no HEAD', 405, {}],
    ['has not implemented HEAD', 501, {}],
  ])('is taken from the manifest itself if the registry %s', async (_, status, said) => {
    answerTo('HEAD', 'manifests', (response) => response.writeHead(status, said).end())
    expect(await repository.head('v1', signal)).toMatchObject({ digest, size: image.manifest.length })
    expect(asked('manifests')).toEqual(['HEAD', 'GET'])
  })

  test('S17: by digest is not one of another digest', async () => {
    const other = digestOf(Buffer.from('other'))
    answerTo('HEAD', 'manifests', (response) =>
      response.writeHead(200, { ...headers, 'docker-content-digest': other }).end(),
    )
    expect(await codeOf(repository.head(digest, signal))).toBe('IMAGE_CORRUPT')
  })

  test.each([
    [404, 'IMAGE_NOT_FOUND'],
    [403, 'REGISTRY_ACCESS_DENIED'],
    [429, 'REGISTRY_RATE_LIMITED'],
    [500, 'REGISTRY_UNAVAILABLE'],
    [302, 'REGISTRY_REDIRECT_REFUSED'],
    [418, 'REGISTRY_PROTOCOL'],
  ])('of %i is %s, without a second request', async (status, code) => {
    answerTo('HEAD', 'manifests', (response) => response.writeHead(status, { location: '/elsewhere' }).end())
    expect(await codeOf(repository.head('v1', signal))).toBe(code)
    expect(asked('manifests')).not.toContain('GET')
  })

  test('S9: with a body says the same, and the body is the answer to nothing else', async () => {
    const said = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const forged = 'HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'
    answerTo('HEAD', 'manifests', ({ socket }) => socket?.write(`HTTP/1.1 200 OK\r\n${said.join('')}\r\n${forged}`))
    expect(await repository.head('v1', signal)).toMatchObject({ digest, size: image.manifest.length })
    expect((await repository.manifest('v1', signal)).digest).toBe(digest)
  })

  test('S9: whatever the headers are, says what a manifest can have, or comes from one', async () => {
    const text = fc.string({
      unit: fc.constantFrom('sha256:', '0', 'a', 'f', '/', '+', ';', '.', ' ', ',', 'vnd'),
      maxLength: 80,
    })
    const said = fc.record(
      {
        'content-type': fc.oneof(fc.constant(image.mediaType), text),
        'content-length': fc.oneof(fc.nat({ max: 2 ** 31 - 1 }).map(String), fc.constant('0')),
        'docker-content-digest': fc.oneof(fc.constant(digest), text),
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(said, async (values) => {
        answerTo('HEAD', 'manifests', (response) => response.writeHead(200, values).end())
        const head = await repository.head('v1', signal)
        expect([head.digest, head.mediaType]).toEqual([digest, image.mediaType])
        expect(head.size > 0 && head.size <= 4 * 1024 * 1024).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})

describe('a manifest', () => {
  test('comes with what it names', async () => {
    const found = await repository.manifest('v1', signal)
    expect(found).toMatchObject({ digest, size: image.manifest.length, mediaType: image.mediaType })
    expect(Buffer.from(found.bytes)).toEqual(image.manifest)
    expect(found.names.map((named) => named.digest)).toEqual(image.blobs.map(digestOf))
  })

  test.each([
    ['by a digest that its bytes do not have', digest],
    ['by a tag, with a header of another digest', 'v1'],
  ])('S17: is refused if it was asked for %s', async (_, reference) => {
    const other = sampleImage({ author: 'another' }).manifest
    answerTo('GET', 'manifests', (response) => response.writeHead(200, without('content-length')).end(other))
    expect(await codeOf(repository.manifest(reference, signal))).toBe('IMAGE_CORRUPT')
  })

  test('is asked for each time, by its tag', async () => {
    await repository.manifest('v1', signal)
    const moved = sampleImage({ author: 'moved' })
    talk.registry.push('v1', moved)
    expect((await repository.manifest('v1', signal)).digest).toBe(digestOf(moved.manifest))
  })

  test.each([
    [404, 'IMAGE_NOT_FOUND'],
    [401, 'REGISTRY_LOGIN_REJECTED'],
    [307, 'REGISTRY_REDIRECT_REFUSED'],
    [204, 'REGISTRY_PROTOCOL'],
  ])('of %i is %s', async (status, code) => {
    talk.registry.intercept = ({ url = '' }, response) =>
      (url.includes('/manifests/') || status === 401) && !!response.writeHead(status).end()
    expect(await codeOf(repository.manifest('v1', signal))).toBe(code)
  })
})

describe('referrers', () => {
  test('are an index, asked for with the engine’s own filter', async () => {
    const index = sampleIndex([])
    answerTo('GET', 'referrers', (response) =>
      response.writeHead(200, { 'content-type': index.mediaType }).end(index.bytes),
    )
    const found = await repository.referrers(digest, 'artifactType=application/vnd.example+json', signal)
    expect(found).toMatchObject({ mediaType: index.mediaType, names: [], imageBytes: null })
    expect(talk.registry.seen.at(-1)).toMatchObject({
      url: `/v2/team/app/referrers/${digest}?artifactType=application/vnd.example+json`,
      authorization: basic,
    })
  })

  test('may name signatures and other artifacts', async () => {
    const entry = { mediaType: image.mediaType, digest, size: 500, artifactType: 'application/vnd.dev.sigstore' }
    const mediaType = sampleIndex([]).mediaType
    const bytes = JSON.stringify({ schemaVersion: 2, mediaType, manifests: [entry] })
    answerTo('GET', 'referrers', (response) => response.writeHead(200, { 'content-type': mediaType }).end(bytes))
    expect((await repository.referrers(digest, '', signal)).names).toMatchObject([{ digest, size: 500 }])
  })

  test('of a registry that knows no referrers are not found, as the protocol says', async () => {
    expect(await codeOf(repository.referrers(digest, '', signal))).toBe('IMAGE_NOT_FOUND')
  })

  test('that are no index are refused', async () => {
    answerTo('GET', 'referrers', (response) =>
      response.writeHead(200, { 'content-type': image.mediaType }).end(image.manifest),
    )
    expect(await codeOf(repository.referrers(digest, '', signal))).toBe('IMAGE_UNSUPPORTED')
  })
})

describe('the size of a blob', () => {
  const size = () => repository.blobSize(digestOf(layer), signal)
  const answered = (status: number, said: Record<string, string | number>, body: Buffer | string = '') =>
    answerTo('GET', 'blobs', (response) => {
      response.writeHead(status, said)
      response.end(body)
    })

  test('is in the range of a registry that serves ranges', async () => {
    expect(await size()).toBe(layer.length)
    expect(talk.registry.seen.at(-1)?.headers.range).toBe('bytes=0-0')
  })

  test('is in the length of one that serves only the whole', async () => {
    answered(200, { 'content-length': layer.length }, layer)
    expect(await size()).toBe(layer.length)
  })

  test('is zero where there is no first byte', async () => {
    answered(416, { 'content-range': 'bytes */0' })
    expect(await size()).toBe(0)
  })

  test.each([
    ['sends the whole without its length', 200, {}, layer],
    ['sends the first byte of nobody knows how many', 206, { 'content-range': 'bytes 0-0/*' }, layer.subarray(0, 1)],
  ])('is unknown if the registry %s: it may have the blob', async (_, status, said, body) => {
    answerTo('GET', 'blobs', (response) => {
      response.writeHead(status, said)
      response.write(body)
      response.end()
    })
    expect(await size()).toBeNull()
  })

  test.each([
    ['has no such blob', 404, {}, 'IMAGE_NOT_FOUND'],
    ['does not give it to this login', 403, {}, 'REGISTRY_ACCESS_DENIED'],
    ['fails', 503, {}, 'REGISTRY_UNAVAILABLE'],
    ['sends another part', 206, { 'content-range': 'bytes 5-5/11' }, 'REGISTRY_PROTOCOL'],
    ['has a blob, and no first byte of it', 416, { 'content-range': 'bytes */11' }, 'REGISTRY_PROTOCOL'],
    ['has nothing to say', 204, {}, 'REGISTRY_PROTOCOL'],
  ])('is refused if the registry %s', async (_, status, said, code) => {
    answered(status, said)
    expect(await codeOf(size())).toBe(code)
  })

  test('S9: is a number, unknown or refused for any answer', async () => {
    const range = fc.oneof(
      fc.string({ unit: fc.constantFrom('bytes ', '0', '-', '1', '/', '*', '9'), maxLength: 30 }),
      fc.bigInt({ min: 0n, max: 10n ** 20n }).map((whole) => `bytes 0-0/${whole}`),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(206, 416), range, async (status, contentRange) => {
        answered(status, { 'content-range': contentRange.trim() })
        const found = await size().catch(() => null)
        const believed = status === 206 ? `bytes 0-0/${found}` : 'bytes */0'
        expect(found === null || contentRange.trim() === believed).toBe(true)
        expect(Number.isSafeInteger(found ?? 0)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})
