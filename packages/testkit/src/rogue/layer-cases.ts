/** Registries that misbehave with a layer, when an engine pulls. */
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
import { descriptorOf, json, serving, type Contents, type HonestImage } from './contents.ts'
import type { Behaviour, RogueCase } from './rogue-case.ts'

const layer = (name: string, rule: string, what: string, behaviour: Behaviour, code: string | null): RogueCase => ({
  name,
  rule,
  what,
  code,
  does: { layer: behaviour },
})

/** A layer whose digest is right, and which the engine cannot unpack. */
function unpackable(image: HonestImage): Contents {
  const broken = {
    mediaType: image.document.layers[0]!.mediaType,
    bytes: gzipSync(Buffer.from('this is no tar'.repeat(100))),
  }
  const layers = [...image.document.layers.slice(0, -1), descriptorOf(broken)]
  const root = json({ ...image.document, layers })
  return { ...serving(root), blobs: new Map([...image.blobs, [descriptorOf(broken).digest, broken]]) }
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
  layer('layer-404', 'S16', 'lacks a layer', answer(404), 'IMAGE_INCOMPLETE'),
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
    contents: unpackable,
  },
]
