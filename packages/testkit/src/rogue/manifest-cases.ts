/** Manifests that are not what they claim, or more than a client should read. */
import { mediaTypes } from '../images/local-image.ts'
import { corrupted, drip, elsewhere, flood, gzipBomb, redirect, whenRead } from './behaviour.ts'
import {
  descriptorOf,
  json,
  serving,
  withIndex,
  withManifest,
  type Contents,
  type Descriptor,
  type HonestImage,
} from './contents.ts'
import type { Behaviour, RogueCase } from './rogue-case.ts'

const manifest = (
  name: string,
  what: string,
  contents: (image: HonestImage) => Contents,
  code = 'IMAGE_UNSUPPORTED',
): RogueCase => ({
  name,
  rule: 'S17',
  what: `has a manifest ${what}`,
  code,
  contents,
})

const answered = (name: string, rule: string, what: string, behaviour: Behaviour, code: string): RogueCase => ({
  name,
  rule,
  what,
  code,
  does: { manifest: behaviour },
})

/** The honest manifest with something else in its first layer. */
const withLayer = (image: HonestImage, change: Record<string, unknown>): Contents =>
  withManifest(image, {
    layers: image.document.layers.map((layer, at) => (at === 0 ? { ...layer, ...change } : layer)),
  })

const withConfig = (image: HonestImage, change: Record<string, unknown>): Contents =>
  withManifest(image, { config: { ...image.document.config, ...change } })

const platform = { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch }
const url = 'https://store.evil.test/layer'
const mib = 1024 * 1024
const manyLayers = (image: HonestImage, count: number): Descriptor[] =>
  Array.from({ length: count }, () => image.document.layers[0]!)

/** An index whose entry for this platform claims to be an image, but is another index. */
function indexAsImage(image: HonestImage): Contents {
  const inner = json({
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [{ ...descriptorOf(image.manifest), platform }],
  })
  return withIndex(image, [{ ...descriptorOf(inner), mediaType: mediaTypes.manifest, platform }], [inner])
}

/** An index in an index in an index: an endless loop for a client that follows it, since no digest can contain itself. */
function nested(image: HonestImage): Contents {
  let inner = json({
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [{ ...descriptorOf(image.manifest), platform }],
  })
  const all = [inner]
  for (let depth = 0; depth < 20; depth += 1) {
    inner = json({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: [{ ...descriptorOf(inner), platform }] })
    all.push(inner)
  }
  return { ...serving(inner, [...all, image.manifest]), blobs: image.blobs }
}

/** An index that names its own tag's bytes under a digest that does not match them. */
function looping(image: HonestImage): Contents {
  const self = `sha256:${'5'.repeat(64)}`
  const entry = { mediaType: mediaTypes.manifest, digest: self, size: 400, platform }
  const { manifests, blobs } = withIndex(image, [entry])
  return { manifests: new Map([...manifests, [self, manifests.get('1')!]]), blobs }
}

export const manifestCases: readonly RogueCase[] = [
  manifest(
    'layer-urls',
    'with a layer to be fetched from elsewhere',
    (image) => withLayer(image, { urls: [url] }),
    'IMAGE_LAYER_ELSEWHERE',
  ),
  manifest('layer-urls-upper', 'with a layer to be fetched from elsewhere, in capitals', (image) =>
    withLayer(image, { URLs: [url] }),
  ),
  manifest(
    'config-urls',
    'with a config to be fetched from elsewhere',
    (image) => withConfig(image, { urls: [url] }),
    'IMAGE_LAYER_ELSEWHERE',
  ),
  manifest(
    'layer-data',
    'with other bytes of a layer embedded in it',
    (image) => withLayer(image, { data: 'YQ==' }),
    'IMAGE_CORRUPT',
  ),
  manifest(
    'entry-urls',
    'in an index, to be fetched from elsewhere',
    (image) => withIndex(image, [{ ...descriptorOf(image.manifest), platform, urls: [url] }]),
    'IMAGE_LAYER_ELSEWHERE',
  ),
  manifest(
    'foreign-layer',
    'with a foreign layer, to be fetched from elsewhere',
    (image) =>
      withLayer(image, { mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', urls: [url] }),
    'IMAGE_LAYER_ELSEWHERE',
  ),
  manifest('image-and-index', 'that is also an index', (image) =>
    withManifest(image, { manifests: [{ ...descriptorOf(image.manifest), platform }] }),
  ),
  manifest('index-and-image', 'that is an index, and also an image', (image) => ({
    ...serving(json({ ...image.document, mediaType: mediaTypes.index, manifests: [] })),
    blobs: image.blobs,
  })),
  manifest('two-readings', 'whose second list of layers has another spelling', (image) =>
    withManifest(image, { Layers: [] }),
  ),
  manifest('index-as-image', 'in an index, that is an index again', indexAsImage, 'IMAGE_CORRUPT'),
  manifest('index-nested', 'twenty indexes deep', nested, 'IMAGE_PLATFORM_MISMATCH'),
  manifest('index-loop', 'that is an index and names itself', looping, 'IMAGE_CORRUPT'),
  manifest('index-vast', 'that is an index of 300 entries', (image) =>
    withIndex(
      image,
      Array.from({ length: 300 }, () => ({ ...descriptorOf(image.manifest), platform })),
    ),
  ),
  manifest('layers-128', 'with 128 layers', (image) => withManifest(image, { layers: manyLayers(image, 128) })),
  manifest('layers-10000', 'with 10,000 layers', (image) => withManifest(image, { layers: manyLayers(image, 10_000) })),
  manifest(
    'too-large',
    'with more bytes than the node allows',
    (image) => withLayer(image, { size: 2 ** 40 }),
    'IMAGE_TOO_LARGE',
  ),
  manifest(
    'sum-too-large',
    'with layers that are too large together',
    (image) => withManifest(image, { layers: manyLayers(image, 127).map((layer) => ({ ...layer, size: 2 ** 33 })) }),
    'IMAGE_TOO_LARGE',
  ),
  manifest('size-zero', 'with an empty layer', (image) => withLayer(image, { size: 0 })),
  manifest('size-negative', 'with a layer of less than nothing', (image) => withLayer(image, { size: -1 })),
  manifest('size-huge', 'with a layer of more bytes than a number holds', (image) =>
    withLayer(image, { size: 2 ** 60 }),
  ),
  manifest('config-vast', 'with a config of 9 MiB', (image) => withConfig(image, { size: 9 * mib })),
  manifest('digest-sha512', 'with a digest of another kind', (image) =>
    withLayer(image, { digest: `sha512:${'a'.repeat(128)}` }),
  ),
  manifest('digest-path', 'with a path for a digest', (image) => withLayer(image, { digest: '../../other/blobs/x' })),
  manifest('a-chart', 'of something that is no image', (image) =>
    withConfig(image, { mediaType: 'application/vnd.cncf.helm.config.v1+json' }),
  ),
  manifest('other-type', 'whose own type is not what the registry says', (image) => ({
    ...serving({ ...json({ ...image.document, mediaType: mediaTypes.index }), mediaType: mediaTypes.manifest }),
    blobs: image.blobs,
  })),
  manifest('no-json', 'that is no JSON', (image) => ({
    ...serving({ mediaType: mediaTypes.manifest, bytes: Buffer.from('<html>') }),
    blobs: image.blobs,
  })),
  manifest('deep', 'of lists in lists', (image) => ({
    ...serving({ mediaType: mediaTypes.manifest, bytes: Buffer.from(`{"x":${'['.repeat(1_000_000)}`) }),
    blobs: image.blobs,
  })),
  answered(
    'other-digest',
    'S17',
    'serves a manifest that does not match its digest',
    whenRead(corrupted),
    'IMAGE_CORRUPT',
  ),
  answered(
    'manifest-endless',
    'S9',
    'serves a manifest that never ends',
    whenRead(flood(200, Number.POSITIVE_INFINITY)),
    'REGISTRY_PROTOCOL',
  ),
  answered('manifest-bomb', 'S9', 'serves a manifest that is a gzip bomb', whenRead(gzipBomb), 'REGISTRY_PROTOCOL'),
  answered('manifest-drip', 'S9', 'serves a manifest a byte now and then', whenRead(drip(200)), 'PULL_STALLED'),
  answered(
    'manifest-redirect',
    'S15',
    'redirects the manifest to another host',
    elsewhere('/manifest'),
    'REGISTRY_REDIRECT_REFUSED',
  ),
  answered(
    'manifest-redirect-home',
    'S15',
    'redirects the manifest to another of its own',
    redirect(({ registry }) => `https://${registry}/v2/team/other/manifests/1`),
    'REGISTRY_REDIRECT_REFUSED',
  ),
]
