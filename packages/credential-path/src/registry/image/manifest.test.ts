/** S17: which manifests are admitted. */
import { Problem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { admitManifest, digestOf } from './manifest.ts'

const context = { registry: 'registry.example.com', repository: 'team/app', maxImageBytes: 1_000_000 }
const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'
const digest = (char: string) => `sha256:${char.repeat(64)}`
const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digest('a'), size: 100 }
const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digest('b'), size: 1000 }
const image = { schemaVersion: 2, mediaType: manifestType, config, layers: [layer] }
const entry = {
  mediaType: manifestType,
  digest: digest('c'),
  size: 500,
  platform: { os: 'linux', architecture: 'amd64' },
}
const index = { schemaVersion: 2, mediaType: indexType, manifests: [entry] }
/** A descriptor of embedded content. */
const embedded = (text: string) => ({
  digest: digestOf(Buffer.from(text)),
  size: Buffer.byteLength(text),
  data: Buffer.from(text).toString('base64'),
})

function answer(document: unknown, contentType = manifestType, asked: string | null = null): string {
  const bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document))
  try {
    return admitManifest({ bytes, contentType, digest: asked }, context).kind
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
}

describe('S17: a manifest is admitted', () => {
  test.each([
    ['an OCI image', image, manifestType],
    ['one that leaves its type to the header', { ...image, mediaType: undefined }, `${manifestType}; charset=utf-8`],
    [
      'a Docker image',
      {
        ...image,
        mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
        config: { ...config, mediaType: 'application/vnd.docker.container.image.v1+json' },
        layers: [{ ...layer, mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip' }],
      },
      'application/vnd.docker.distribution.manifest.v2+json',
    ],
    ['one with annotations and a subject', { ...image, annotations: { a: 'b' }, subject: entry }, manifestType],
    ['one with annotations that differ in case alone', { ...image, annotations: { a: 'b', A: 'b' } }, manifestType],
    [
      'one whose config is embedded, as it is',
      { ...image, config: { ...config, ...embedded('{"os":"linux","architecture":"amd64"}') } },
      manifestType,
    ],
    [
      'layers that are not distributed, and are in the registry all the same',
      {
        ...image,
        layers: [
          { ...layer, mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip' },
          { ...layer, mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip', urls: [] },
        ],
      },
      manifestType,
    ],
    ['127 layers', { ...image, layers: Array.from({ length: 127 }, () => layer) }, manifestType],
  ])('%s', (_, document, contentType) => {
    expect(answer(document, contentType)).toBe('image')
  })

  test('as an index, with unknown fields passed on unread', () => {
    const attestation = { ...entry, platform: { os: 'unknown', architecture: 'unknown' }, artifactType: 'x' }
    expect(answer({ ...index, manifests: [entry, attestation] }, indexType)).toBe('index')
  })

  test('by the requested digest', () => {
    const asked = digestOf(Buffer.from(JSON.stringify(image)))
    expect(answer(image, manifestType, asked)).toBe('image')
    expect(answer(image, manifestType, digest('0'))).toBe('IMAGE_CORRUPT')
  })

  test('but its digest is checked before it is parsed', () => {
    expect(answer('{', manifestType, digest('0'))).toBe('IMAGE_CORRUPT')
  })
})

describe('S17: a manifest is rejected', () => {
  test.each([
    ['another type in the document than in the header', image, indexType],
    ['a type that nobody knows', { ...image, mediaType: undefined }, 'application/json'],
    ['no type', { ...image, mediaType: undefined }, ''],
    ['schema 1', { ...image, schemaVersion: 1 }],
    ['layers and manifests', { ...image, manifests: [entry] }],
    ['layers and manifests, in an index', { ...index, layers: [] }, indexType],
    ['the layers of schema 1 beside them', { ...image, fsLayers: [{ blobSum: digest('d') }] }],
    ['the layers of schema 1 beside them, in another spelling', { ...image, fslayers: [] }],
    ['a layer with urls in another spelling', { ...image, layers: [{ ...layer, URLs: ['https://evil.test/x'] }] }],
    ['a config with embedded data that is no base64', { ...image, config: { ...config, data: 'e30=\n' } }],
    ['a config with embedded data in another spelling', { ...image, config: { ...config, Data: 'e30=' } }],
    ['layers in another spelling beside them', { ...image, Layers: [] }],
    ['layers with a long s beside them, which Go reads as layers', { ...image, 'layer\u017f': [layer] }],
    [
      'a layer with urls, spelt with a long s',
      { ...image, layers: [{ ...layer, 'url\u017f': ['https://evil.test/x'] }] },
    ],
    [
      'a layer whose urls Go keeps from a list before',
      `{"layers":[{"urls":["https://evil.test/x"]}],${JSON.stringify(image).slice(1)}`,
    ],
    ['a config that comes twice', `{"config":{"urls":["https://evil.test/x"]},${JSON.stringify(image).slice(1)}`],
    [
      'an entry whose platform comes twice',
      `{"manifests":[{"platform":{"os":"linux"},${JSON.stringify(entry).slice(1)}],${JSON.stringify({ ...index, manifests: undefined }).slice(1)}`,
      indexType,
    ],
    ['a chart as config', { ...image, config: { ...config, mediaType: 'application/vnd.cncf.helm.config.v1+json' } }],
    ['a config of 9 MiB', { ...image, config: { ...config, size: 9 * 1024 * 1024 } }],
    ['128 layers', { ...image, layers: Array.from({ length: 128 }, () => layer) }],
    ['257 entries', { ...index, manifests: Array.from({ length: 257 }, () => entry) }, indexType],
    ['a layer of no bytes', { ...image, layers: [{ ...layer, size: 0 }] }],
    ['a layer of minus one byte', { ...image, layers: [{ ...layer, size: -1 }] }],
    ['a layer of half a byte', { ...image, layers: [{ ...layer, size: 0.5 }] }],
    ['a layer of 2^60 bytes', { ...image, layers: [{ ...layer, size: 2 ** 60 }] }],
    ['sha512', { ...image, layers: [{ ...layer, digest: `sha512:${'a'.repeat(128)}` }] }],
    ['a digest in upper case', { ...image, layers: [{ ...layer, digest: digest('A') }] }],
    ['a path as digest', { ...image, layers: [{ ...layer, digest: '../../other/blobs/x' }] }],
    ['no JSON', '<html>'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a byte order mark', `\ufeff${JSON.stringify(image)}`],
  ])('%s', (_, document, contentType = manifestType) => {
    expect(answer(document, contentType)).toBe('IMAGE_UNSUPPORTED')
  })

  test.each([
    ['a layer', { ...image, layers: [{ ...layer, urls: ['https://evil.test/x'] }] }, manifestType],
    ['the config', { ...image, config: { ...config, urls: ['https://evil.test/x'] } }, manifestType],
    ['an entry', { ...index, manifests: [{ ...entry, urls: ['https://evil.test/x'] }] }, indexType],
  ])('that names another location for %s', (_, document, contentType) => {
    expect(answer(document, contentType)).toBe('IMAGE_LAYER_ELSEWHERE')
  })

  test.each([
    ['of another digest', { ...image, config: { ...config, ...embedded('{}'), digest: digest('a') } }, manifestType],
    ['of another size', { ...image, config: { ...config, ...embedded('{}'), size: 3 } }, manifestType],
    ['in a layer', { ...image, layers: [{ ...layer, data: 'e30=' }] }, manifestType],
    ['in an entry of an index', { ...index, manifests: [{ ...entry, data: 'e30=' }] }, indexType],
  ])('with embedded content %s', (_, document, contentType) => {
    expect(answer(document, contentType)).toBe('IMAGE_CORRUPT')
  })

  test('for an image over the limit of the node, with both numbers', () => {
    const large = { ...image, layers: [layer, { ...layer, size: 999_000 }] }
    const bytes = Buffer.from(JSON.stringify(large))
    expect(() => admitManifest({ bytes, contentType: manifestType, digest: null }, context)).toThrow(
      expect.objectContaining({ code: 'IMAGE_TOO_LARGE', facts: { bytes: 1_000_100, limit_bytes: 1_000_000 } }),
    )
  })

  test('S9: and any JSON is an image, an index or a problem with the image', () => {
    const shaped = fc.record(
      {
        schemaVersion: fc.constantFrom<unknown>(2, 1, '2'),
        mediaType: fc.constantFrom<unknown>(manifestType, indexType, 7),
        config: fc.oneof(fc.constant(config), fc.jsonValue()),
        layers: fc.oneof(fc.constant([layer]), fc.jsonValue()),
        manifests: fc.oneof(fc.constant([entry]), fc.jsonValue()),
      },
      { requiredKeys: [] },
    )
    const type = fc.constantFrom(manifestType, indexType, 'x', '')
    fc.assert(
      fc.property(fc.oneof(shaped, fc.jsonValue(), fc.string()), type, (document, contentType) => {
        expect(answer(document, contentType)).toBeOneOf(['image', 'index', 'IMAGE_UNSUPPORTED', 'IMAGE_TOO_LARGE'])
      }),
    )
  })
})
