/** Registries that misbehave with a layer during an engine's pull. */
import { gzipSync } from 'node:zlib'
import {
  answer,
  corrupted,
  dribbled,
  elsewhere,
  first,
  lengthened,
  redirect,
  reset,
  shortened,
  truncated,
} from './behaviour.ts'
import { mediaTypes } from '../images/local-image.ts'
import { descriptorOf, json, serving, type Contents, type HonestImage } from './contents.ts'
import type { Behaviour, RogueCase } from './rogue-case.ts'

const layer = (name: string, rule: string, what: string, behaviour: Behaviour, code: string | null): RogueCase => ({
  name,
  rule,
  what,
  code,
  ownImage: true,
  does: { layer: behaviour },
})

/** Replaces the last layer with this one, whose digest is right. */
function withLastLayer(image: HonestImage, bytes: Buffer): Contents {
  const last = { mediaType: mediaTypes.layer, bytes }
  const layers = [...image.document.layers.slice(0, -1), descriptorOf(last)]
  const blobs = new Map([...image.blobs, [descriptorOf(last).digest, last]])
  return { ...serving(json({ ...image.document, layers })), blobs }
}

/** Its own manifest and config around another image's layers, none of which it has. */
function borrowed(image: HonestImage): Contents {
  const honest = JSON.parse(image.blobs.get(image.document.config.digest)!.bytes.toString('utf8')) as object
  const config = json({ ...honest, author: 'rogue', mediaType: mediaTypes.config })
  const root = json({ ...image.document, config: descriptorOf(config) })
  return { ...serving(root), blobs: new Map([[descriptorOf(config).digest, config]]) }
}

/** One file of half a gigabyte of zeros, in half a megabyte. */
function layerBomb(): Buffer {
  const size = 512 * 1024 * 1024
  const header = Buffer.alloc(512)
  header.write('bomb')
  header.write('0000644', 100)
  header.write(size.toString(8).padStart(11, '0'), 124)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\u000000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148)
  const member = gzipSync(Buffer.alloc(1024 * 1024))
  return Buffer.concat([gzipSync(header), ...Array.from({ length: 513 }, () => member)])
}

export const layerCases: readonly RogueCase[] = [
  {
    ...layer(
      'layer-elsewhere',
      'S15',
      'redirects layers to another host: the login stays behind',
      elsewhere('/copy'),
      null,
    ),
    visitsVillain: true,
  },
  layer(
    'layer-plain',
    'S15',
    'redirects layers to plain http',
    redirect(({ plainVillain }) => `http://${plainVillain}/x`),
    'REGISTRY_REDIRECT_REFUSED',
  ),
  layer(
    'layer-metadata',
    'S15',
    'redirects layers to the metadata service',
    redirect(({ insidePort }) => `https://169.254.169.254:${insidePort}/x`),
    'REGISTRY_ADDRESS_REFUSED',
  ),
  layer(
    'layer-loopback',
    'S15',
    'redirects layers to the node itself',
    redirect(({ insidePort }) => `https://localhost:${insidePort}/x`),
    'REGISTRY_ADDRESS_REFUSED',
  ),
  layer('layer-truncated', 'S12', 'cuts layers, each time at the same byte', truncated(1000), 'REGISTRY_UNREACHABLE'),
  layer('layer-truncated-once', 'S12', 'cuts layers once', first(2, truncated(1000)), null),
  layer(
    'layer-shortened',
    'S17',
    'serves less of a layer than the manifest says',
    shortened(1000),
    'REGISTRY_UNREACHABLE',
  ),
  layer('layer-lengthened', 'S17', 'serves more of a layer than the manifest says', lengthened, 'IMAGE_CORRUPT'),
  layer('layer-corrupt', 'S17', 'serves other bytes than the digest says', corrupted, 'IMAGE_CORRUPT'),
  layer('layer-slow-loris', 'S12', 'serves a layer a byte now and then', dribbled, 'PULL_STALLED'),
  layer('layer-reset', 'S12', 'resets the connection at a layer', reset, 'REGISTRY_UNREACHABLE'),
  layer('layer-429', 'S12', 'limits the rate of layers', answer(429), 'REGISTRY_RATE_LIMITED'),
  layer(
    'layer-429-wait',
    'S12',
    'limits the rate of layers for a second',
    first(2, answer(429, { 'retry-after': '1' })),
    null,
  ),
  layer('layer-500', 'S12', 'fails at a layer', answer(500), 'REGISTRY_UNAVAILABLE'),
  layer('layer-403', 'S12', 'forbids a layer', answer(403, {}, '<html>'), 'REGISTRY_ACCESS_DENIED'),
  layer('layer-404', 'S12', 'lacks a layer', answer(404), 'IMAGE_INCOMPLETE'),
  layer(
    'layer-asks',
    'S2',
    'asks for the password at a layer',
    answer(401, { 'www-authenticate': 'Basic realm="rogue"' }),
    'REGISTRY_ACCESS_DENIED',
  ),
  layer(
    'layer-realm',
    'S2',
    'names a foreign realm at a layer',
    answer(401, { 'www-authenticate': ({ villain }) => `Bearer realm="https://${villain}/token"` }),
    'REGISTRY_ACCESS_DENIED',
  ),
  {
    name: 'layer-unpackable',
    rule: 'S17',
    what: 'has a layer that does not unpack, which the engine tells in its stream',
    code: 'IMAGE_CORRUPT',
    ownImage: true,
    contents: (image) => withLastLayer(image, gzipSync(Buffer.from('this is no tar'.repeat(100)))),
  },
  {
    name: 'layer-other-content',
    rule: 'S17',
    what: 'has a layer that is not what its config says, which the engine tells in its stream',
    code: 'IMAGE_CORRUPT',
    ownImage: true,
    contents: (image) => withLastLayer(image, gzipSync(Buffer.alloc(1024))),
  },
  {
    name: 'layer-bomb',
    rule: 'S17',
    what: 'has a layer that unpacks to more than the disk holds',
    code: 'NODE_DISK_FULL',
    ownImage: true,
    contents: (image) => withLastLayer(image, layerBomb()),
  },
]

/** To pull where the engine already has the honest image. */
export const borrowedLayerCases: readonly RogueCase[] = [
  {
    name: 'borrowed-image',
    rule: 'S16',
    what: 'names an image of another registry that is cached here, and lacks its layers',
    code: 'IMAGE_INCOMPLETE',
    does: { layer: answer(404) },
  },
  {
    name: 'borrowed-layers',
    rule: 'S16',
    what: 'names the layers of a private image that is cached here in an image of its own, and lacks them',
    code: 'IMAGE_INCOMPLETE',
    contents: borrowed,
  },
  {
    name: 'borrowed-forbidden',
    rule: 'S16',
    what: 'names cached layers that this login may not have',
    code: 'REGISTRY_ACCESS_DENIED',
    contents: borrowed,
    does: { layer: answer(403) },
  },
  {
    name: 'borrowed-corrupt',
    rule: 'S16',
    what: 'names cached layers and serves other bytes for them',
    code: 'IMAGE_CORRUPT',
    does: { layer: corrupted },
  },
  {
    name: 'borrowed-elsewhere',
    rule: 'S16',
    what: 'names cached layers and has them: they are fetched again to see',
    code: null,
    visitsVillain: true,
    does: { layer: elsewhere('/copy') },
  },
]
