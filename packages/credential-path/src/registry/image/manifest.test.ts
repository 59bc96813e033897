/** S17: which manifests are admitted. */
import { Problem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  admitManifest,
  digestOf,
  isManifestType,
  manifestTypes,
  mediaTypeIn,
  passManifest,
  type PassedManifest,
} from './manifest.ts'

const context = { registry: 'registry.example.com', repository: 'team/app', maxImageBytes: 1_000_000 }
const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const dockerManifestType = 'application/vnd.docker.distribution.manifest.v2+json'
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
        mediaType: dockerManifestType,
        config: { ...config, mediaType: 'application/vnd.docker.container.image.v1+json' },
        layers: [{ ...layer, mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip' }],
      },
      dockerManifestType,
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

  test('that gives itself another type of image than the header does', () => {
    expect(answer(image, dockerManifestType)).toBe('IMAGE_UNSUPPORTED')
    expect(answer({ ...image, mediaType: dockerManifestType }, manifestType)).toBe('IMAGE_UNSUPPORTED')
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

describe('the Content-Type of a manifest', () => {
  const known = [...manifestTypes.index, ...manifestTypes.image]
  /** What a header can hold, and more. */
  const bytes = fc.uint8Array({ maxLength: 40 }).map((all) => Buffer.from(all).toString('latin1'))
  const white = fc.stringMatching(/^[ \t]{0,3}$/)

  test('is its media type, in any case, and with any parameters after it (RFC 9110, section 8.3.1)', () => {
    const parameters = fc.oneof(
      fc.constant(''),
      bytes.map((text) => `;${text}`),
    )
    fc.assert(
      fc.property(fc.constantFrom(...known), white, parameters, (type, space, rest) => {
        expect(mediaTypeIn(`${type.toUpperCase()}${space}${rest}`)).toBe(type)
      }),
    )
  })

  test('S9: of any other text is no type of a manifest, and a manifest of it is unsupported', () => {
    const part = fc.constantFrom(...known, ';', ',', ' ', '/', '\t', '"', 'x', '\u00e9')
    fc.assert(
      fc.property(fc.oneof(bytes, fc.string({ unit: part, maxLength: 4 })), (text) => {
        const [type = ''] = text.split(';')
        const isKnown = known.some((name) => name === type.trim().toLowerCase())
        expect(isManifestType(mediaTypeIn(text))).toBe(isKnown)
        expect(answer({ ...image, mediaType: undefined }, text) === 'IMAGE_UNSUPPORTED' || isKnown).toBe(true)
      }),
    )
  })

  test.each([' ', ';', '; ', '"', '/'])('S9: with a mebibyte of %j is read in linear time', (unit) => {
    const long = unit.repeat(2 ** 20 / unit.length)
    expect(mediaTypeIn(`${manifestType};${long}x`)).toBe(manifestType)
    expect(isManifestType(mediaTypeIn(`${manifestType}${long}x`))).toBe(unit.startsWith(';'))
    expect(isManifestType(mediaTypeIn(`${long}x`))).toBe(false)
  })

  test('is the empty string where there is none', () => {
    expect(mediaTypeIn(null)).toBe('')
  })
})

describe('for an engine that pulls through a door, a manifest', () => {
  const pass = (document: unknown, contentType = manifestType): PassedManifest => {
    const bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document))
    return passManifest({ bytes, contentType, digest: null }, context)
  }
  const passed = (document: unknown, contentType = manifestType): string => {
    try {
      pass(document, contentType)
      return 'passed'
    } catch (error) {
      if (error instanceof Problem) return error.code
      throw error
    }
  }
  const chart = 'application/vnd.cncf.helm.config.v1+json'
  const nothing = { mediaType: 'application/vnd.oci.empty.v1+json', ...embedded('{}') }

  test.each([
    ['an image', image],
    ['an index, with an attestation', { ...index, manifests: [entry, { ...entry, platform: undefined }] }, indexType],
    ['an index in an index', { ...index, manifests: [{ ...entry, mediaType: indexType }] }, indexType],
    ['an index of 300 entries', { ...index, manifests: Array.from({ length: 300 }, () => entry) }, indexType],
    ['an index of no entries', { ...index, manifests: [] }, indexType],
    ['4,000 layers', { ...image, layers: Array.from({ length: 4000 }, () => layer) }],
    ['a chart', { ...image, config: { ...config, mediaType: chart } }],
    ['an artifact with an empty config', { ...image, artifactType: 'a/b', config: nothing, layers: [] }],
    ['an artifact of no bytes', { ...image, layers: [{ ...layer, size: 0, digest: digestOf(Buffer.alloc(0)) }] }],
    ['a subject, which no engine fetches', { ...image, subject: { ...entry, urls: ['https://evil.test/x'] } }],
    ['more than the node allows, which its caller knows', { ...image, layers: [{ ...layer, size: 2 ** 40 }] }],
    [
      'urls that name no place',
      {
        ...image,
        layers: [
          { ...layer, urls: [] },
          { ...layer, urls: null },
        ],
      },
    ],
  ])('passes unchanged with %s', (_, document, contentType = manifestType) => {
    const { bytes, size, mediaType } = pass(document, contentType)
    expect(Buffer.from(bytes).toString()).toBe(JSON.stringify(document))
    expect([size, mediaType]).toEqual([bytes.length, contentType])
  })

  test.each([
    ['an image that is also an index', { ...image, manifests: [entry] }],
    ['an image with entries and no layers', { ...image, layers: undefined, manifests: [entry] }],
    ['an index with a config', { ...index, config }, indexType],
    ['an index with layers', { ...index, layers: [layer] }, indexType],
    ['the layers of schema 1', { ...image, fsLayers: [] }],
    ['a type of its own beside that of the answer', image, indexType],
    ['a type that no engine asks for', { ...image, mediaType: 'text/html' }, 'text/html'],
    ['layers in two spellings', { ...image, Layers: [] }],
    ['layers twice', `{"layers":[],${JSON.stringify(image).slice(1)}`],
    ['urls in another spelling', { ...image, layers: [{ ...layer, URLs: ['https://evil.test/x'] }] }],
    ['data in another spelling', { ...index, manifests: [{ ...entry, Data: 'e30=' }] }, indexType],
    ['data that is no base64', { ...image, config: { ...config, data: '?' } }],
    ['a size of less than nothing', { ...image, layers: [{ ...layer, size: -1 }] }],
    ['a size that no number holds', { ...image, layers: [{ ...layer, size: 2 ** 60 }] }],
    ['a size in words', { ...image, layers: [{ ...layer, size: '1000' }] }],
    ['a path for a digest', { ...image, layers: [{ ...layer, digest: '../../other/blobs/x' }] }],
    ['sha512', { ...index, manifests: [{ ...entry, digest: `sha512:${'a'.repeat(128)}` }] }, indexType],
    ['10,000 layers', { ...image, layers: Array.from({ length: 10_000 }, () => layer) }],
    ['a list', '[]'],
    ['no JSON', '<html>'],
    ['more than 4 MiB', { ...image, x: 'x'.repeat(4 * 1024 * 1024) }],
  ])('does not pass with %s', (_, document, contentType = manifestType) => {
    expect(passed(document, contentType)).toBe('IMAGE_UNSUPPORTED')
  })

  test.each([
    ['layer', { ...image, layers: [{ ...layer, urls: ['https://evil.test/x'] }] }, manifestType],
    ['config', { ...image, config: { ...config, urls: ['https://evil.test/x'] } }, manifestType],
    ['entry', { ...index, manifests: [entry, { ...entry, urls: ['https://evil.test/x'] }] }, indexType],
  ])('does not pass if an engine would take its %s from elsewhere', (what, document, contentType) => {
    expect(passed(document, contentType)).toBe('IMAGE_LAYER_ELSEWHERE')
    const embeds = JSON.parse(JSON.stringify(document).replaceAll(/"urls":\["[^"]*"\]/g, '"data":"YQ=="')) as object
    expect(passed(embeds, contentType), `${what} with other bytes embedded`).toBe('IMAGE_CORRUPT')
  })

  const descriptors = fc.array(
    fc.record({
      mediaType: fc.string(),
      digest: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f').map(digest),
      size: fc.nat(),
      annotations: fc.dictionary(fc.string(), fc.string()),
    }),
    { maxLength: 5 },
  )
  const plain = ({ mediaType, digest, size }: typeof layer) => ({ mediaType, digest, size })

  test('names exactly what an engine would fetch of it', () => {
    fc.assert(
      fc.property(descriptors, fc.boolean(), (found, isIndex) => {
        const document = isIndex ? { ...index, manifests: found } : { ...image, layers: found }
        const { names, imageBytes } = pass(document, isIndex ? indexType : manifestType)
        expect(names).toEqual(isIndex ? found.map(plain) : [config, ...found.map(plain)])
        expect(imageBytes).toBe(isIndex ? null : found.reduce((sum, { size }) => sum + size, config.size))
      }),
    )
  })

  test('does not pass with a decisive key in any other spelling', () => {
    const key = fc.constantFrom('config', 'layers', 'manifests', 'mediaType', 'schemaVersion', 'urls', 'digest', 'size')
    const spelt = key.chain((known) =>
      fc
        .array(fc.boolean(), { minLength: known.length, maxLength: known.length })
        .map((upper) => upper.map((isUpper, at) => (isUpper ? known.toUpperCase() : known.toLowerCase())[at]).join(''))
        .filter((other) => other !== known),
    )
    fc.assert(
      fc.property(spelt, fc.jsonValue(), (other, value) => {
        expect(passed({ ...image, [other]: value })).toBe('IMAGE_UNSUPPORTED')
        expect(passed({ ...image, layers: [{ ...layer, [other]: value }] })).toBe('IMAGE_UNSUPPORTED')
      }),
    )
  })

  test('S9: of any JSON passes or is a problem with the image', () => {
    const part = fc.oneof(fc.constant([layer]), fc.constant(config), fc.jsonValue())
    const shaped = fc.record({ config: part, layers: part, manifests: part, urls: part }, { requiredKeys: [] })
    fc.assert(
      fc.property(
        fc.oneof(shaped, fc.jsonValue(), fc.string()),
        fc.constantFrom(manifestType, indexType),
        (...given) => {
          expect(passed(...given)).toBeOneOf(['passed', 'IMAGE_UNSUPPORTED'])
        },
      ),
    )
  })
})
