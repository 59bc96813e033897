/**
 * Admits or rejects a manifest or an index after its digest was checked: for our own pulls by types, sizes and counts (S17), for an engine
 * that pulls through a door only by what decides where its bytes come from.
 */
import { createHash } from 'node:crypto'
import { Digest } from '@fairlead/contract/names'
import { problem, type Problem } from '@fairlead/contract/problems'
import { z } from 'zod'
import { foldKey, isUnambiguous } from '../http/unambiguous-json.ts'
import { corrupt, type Descriptor, type ManifestBytes, type Repository } from './pull-ticket.ts'

export const zstdLayer = 'application/vnd.oci.image.layer.v1.tar+zstd'
/** Like `zstdLayer`, of the non-distributable kind. */
const zstdNondistributable = 'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd'

export function isZstd(mediaType: string): boolean {
  return mediaType === zstdLayer || mediaType === zstdNondistributable
}

export const manifestTypes = {
  index: ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json'],
  image: ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'],
  config: ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json'],
  layer: [
    'application/vnd.oci.image.layer.v1.tar',
    'application/vnd.oci.image.layer.v1.tar+gzip',
    zstdLayer,
    'application/vnd.docker.image.rootfs.diff.tar',
    'application/vnd.docker.image.rootfs.diff.tar.gzip',
    // Non-distributable, as Windows base images were; without `urls` the registry has them like any other.
    'application/vnd.oci.image.layer.nondistributable.v1.tar',
    'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
    zstdNondistributable,
    'application/vnd.docker.image.rootfs.foreign.diff.tar',
    'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
  ],
} as const satisfies Record<string, readonly string[]>

/** What a request for a manifest accepts. */
export const acceptManifests = { accept: [...manifestTypes.index, ...manifestTypes.image].join(', ') }

export const isIndexType = (mediaType: string): boolean => isOneOf(manifestTypes.index, mediaType)

export const isManifestType = (mediaType: string): boolean =>
  isIndexType(mediaType) || isOneOf(manifestTypes.image, mediaType)

/** Of a Content-Type, without its parameters; the empty string if there is none. */
export function mediaTypeIn(contentType: string | null): string {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

export const manifestLimits = {
  bytes: 4 * 1024 * 1024,
  layers: 127,
  entries: 256,
  configBytes: 8 * 1024 * 1024,
  /** Of what passes to an engine: far more than any image or index names. */
  names: 4096,
} as const

export interface IndexEntry extends Descriptor {
  readonly platform: { readonly os: string; readonly arch: string; readonly variant: string | null } | null
}

export type Admitted =
  | {
      readonly kind: 'image'
      readonly manifest: ManifestBytes
      readonly config: Descriptor
      readonly layers: readonly Descriptor[]
    }
  | { readonly kind: 'index'; readonly manifest: ManifestBytes; readonly entries: readonly IndexEntry[] }

export interface ManifestAnswer {
  readonly bytes: Uint8Array
  /** The Content-Type of the answer. */
  readonly contentType: string
  /** What was requested; null for a tag. */
  readonly digest: string | null
}

export interface ManifestContext extends Repository {
  readonly maxImageBytes: number
}

const descriptor = descriptorOf(1)
const platform = z.looseObject({ os: z.string(), architecture: z.string(), variant: z.string().optional() })
const version = { schemaVersion: z.literal(2), mediaType: z.string().optional() }
const Image = z.looseObject({ ...version, config: descriptor, layers: z.array(descriptor).max(manifestLimits.layers) })
const Index = z.looseObject({
  ...version,
  manifests: z.array(descriptor.extend({ platform: platform.optional() })).max(manifestLimits.entries),
})

/** The decisive keys. Go ignores the case of keys, so another spelling of one could mean something to an engine. */
const knownKeys = [
  'schemaVersion',
  'mediaType',
  'config',
  'layers',
  'manifests',
  'digest',
  'size',
  'platform',
  'urls',
  'data',
  'fsLayers',
]
/** A manifest may have a million keys, so each is looked up at once. */
const spelledAs: ReadonlyMap<string, string> = new Map(knownKeys.map((name) => [foldKey(name), name]))
/** What is under these decides what an engine fetches. */
const decisiveKeys: ReadonlySet<string> = new Set(['config', 'layers', 'manifests', 'platform'])

export function admitManifest(answer: ManifestAnswer, context: ManifestContext): Admitted {
  const { manifest, document } = readManifest(answer, context)
  const { mediaType } = manifest
  if (isIndexType(mediaType)) {
    const index = Index.safeParse(document)
    if (!index.success || !index.data.manifests.every(hasPlainKeys)) throw unsupported(context)
    admitEmbedded(index.data.manifests, context)
    return { kind: 'index', manifest, entries: index.data.manifests.map(entryOf) }
  }
  const image = Image.safeParse(document)
  if (!isOneOf(manifestTypes.image, mediaType) || !image.success) throw unsupported(context)
  const { config, layers } = image.data
  if (!isOneOf(manifestTypes.config, config.mediaType) || config.size > manifestLimits.configBytes)
    throw unsupported(context)
  if (!layers.every((layer) => isOneOf(manifestTypes.layer, layer.mediaType))) throw unsupported(context)
  if (![config, ...layers].every(hasPlainKeys)) throw unsupported(context)
  admitEmbedded([config, ...layers], context)
  const total = totalBytes(config, layers)
  if (total > context.maxImageBytes)
    throw problem('IMAGE_TOO_LARGE', { bytes: total, limit_bytes: context.maxImageBytes })
  return { kind: 'image', manifest, config: plain(config), layers: layers.map(plain) }
}

/** What a registry answered to an engine's request, with the blobs and manifests that it names. */
export interface PassedManifest extends ManifestBytes {
  readonly names: readonly Descriptor[]
  /** Of config and layers together; null for an index. */
  readonly imageBytes: number | null
}

/** Where a manifest or an index names other content. */
const Naming = z.looseObject({
  config: descriptorOf(0).optional(),
  layers: z.array(descriptorOf(0)).optional(),
  manifests: z.array(descriptorOf(0)).optional(),
})

/**
 * For an engine, which chooses the platform and limits layers itself: attestations, artifacts and nested indexes pass. Content that an
 * engine would take from elsewhere does not.
 */
export function passManifest(answer: ManifestAnswer, where: Repository): PassedManifest {
  const { manifest, document } = readManifest(answer, where)
  if (!isManifestType(manifest.mediaType)) throw unsupported(where)
  const parsed = Naming.safeParse(document)
  if (!parsed.success) throw unsupported(where)
  // An engine reads it as its type says.
  const foreign = isIndexType(manifest.mediaType) ? ['config', 'layers'] : ['manifests']
  if (foreign.some((key) => key in document)) throw unsupported(where)
  const { config, layers = [], manifests = [] } = parsed.data
  const named = [...(config ? [config] : []), ...layers, ...manifests]
  if (named.length > manifestLimits.names || !named.every(hasPlainKeys)) throw unsupported(where)
  admitEmbedded(named, where)
  const imageBytes = config === undefined ? null : totalBytes(config, layers)
  return { ...manifest, names: named.map(plain), imageBytes }
}

interface ReadManifest {
  readonly manifest: ManifestBytes
  readonly document: Record<string, unknown>
}

/** The bytes are what was asked for, and mean one thing to every parser. */
function readManifest(answer: ManifestAnswer, where: Repository): ReadManifest {
  const { bytes } = answer
  if (bytes.length > manifestLimits.bytes) throw unsupported(where)
  const found = digestOf(bytes)
  if (answer.digest !== null && answer.digest !== found) throw corrupt(where)

  const document = parseObject(bytes, () => unsupported(where))
  const mediaType = mediaTypeIn(answer.contentType)
  if (document['mediaType'] !== undefined && document['mediaType'] !== mediaType) throw unsupported(where)
  if ('layers' in document && 'manifests' in document) throw unsupported(where)
  // `fsLayers` is schema 1, whose layers could differ.
  if ('fsLayers' in document || !isUnambiguous(textOf(bytes), decisiveKeys)) throw unsupported(where)
  if (!hasPlainKeys(document)) throw unsupported(where)
  return { manifest: { mediaType, digest: found, size: bytes.length, bytes }, document }
}

export function totalBytes(config: Descriptor, layers: readonly Descriptor[]): number {
  return layers.reduce((sum, layer) => sum + layer.size, config.size)
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

export function unsupported({ registry, repository }: Repository): Problem {
  return problem('IMAGE_UNSUPPORTED', { registry, repository })
}

/** A JSON object; the parser's message may quote its input, so it must not propagate. */
export function parseObject(bytes: Uint8Array, otherwise: () => Problem): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(textOf(bytes))
  } catch {
    throw otherwise()
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw otherwise()
  return value as Record<string, unknown>
}

/** A byte order mark is kept, and bytes that are not UTF-8 throw: neither is JSON. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
}

/** Decisive keys must have their known spelling. */
function hasPlainKeys(object: object): boolean {
  return Object.keys(object).every((key) => (spelledAs.get(foldKey(key)) ?? key) === key)
}

/** What an engine would fetch or take without us: content from other locations, never; embedded content, if it matches its digest. */
function admitEmbedded(descriptors: readonly z.infer<typeof descriptor>[], where: Repository): void {
  const { registry, repository } = where
  if (descriptors.some(({ urls }) => urls != null && urls.length > 0)) {
    throw problem('IMAGE_LAYER_ELSEWHERE', { repository, registry })
  }
  const isOther = ({ data, size, digest: expected }: z.infer<typeof descriptor>): boolean => {
    if (data === undefined) return false
    const bytes = Buffer.from(data, 'base64')
    return bytes.length !== size || digestOf(bytes) !== expected
  }
  if (descriptors.some(isOther)) throw corrupt(where)
}

/** `leastBytes`: an artifact may name empty content, an image does not. */
function descriptorOf(leastBytes: 0 | 1) {
  return z.looseObject({
    mediaType: z.string(),
    digest: Digest,
    size: z.int().min(leastBytes),
    data: z.base64().optional(),
    urls: z.array(z.string()).nullish(),
  })
}

function isOneOf(types: readonly string[], mediaType: string): boolean {
  return types.includes(mediaType)
}

function plain({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size }
}

function entryOf(entry: z.infer<typeof Index>['manifests'][number]): IndexEntry {
  const { os, architecture: arch, variant } = entry.platform ?? {}
  const named = os !== undefined && arch !== undefined
  return { ...plain(entry), platform: named ? { os, arch, variant: variant ?? null } : null }
}
