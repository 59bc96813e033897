/** Resolves a tag or digest to the manifests of one image, which proves the right to pull it (S11, S17). */
import { effectiveTag, isDigest, type ImageReference } from '@fairlead/contract/names'
import { isProblem, problem } from '@fairlead/contract/problems'
import {
  admitManifest,
  digestOf,
  manifestLimits,
  acceptManifests,
  totalBytes,
  unsupported,
  type Admitted,
} from './manifest.ts'
import { parseImageConfig } from './image-config.ts'
import { chooseEntry, formatPlatform, runsOn, type NodePlatform } from './platform.ts'
import {
  corrupt,
  type BlobStream,
  type ByteRange,
  type Descriptor,
  type ImageConfig,
  type PullTicket,
} from './pull-ticket.ts'
import type { RegistrySession } from '../session.ts'
import type { AnswerHead } from '../http/transport.ts'

export interface Wanted {
  readonly image: ImageReference
  readonly digest: string | null
  readonly platform: NodePlatform
  readonly maxImageBytes: number
  readonly hooks?: ResolveHooks
}

export interface ResolveHooks {
  /** Each answer that has a manifest, or its headers. */
  readonly onManifest?: (answer: AnswerHead) => void
  /** The manifest was returned, which proves the right to pull; the rest is about the platform. */
  readonly onPermitted?: (digest: string) => void
}

type Resolved = Omit<PullTicket, 'where' | 'dropConfig' | 'fetchBlob' | 'loginUse'>

/** That span of a blob if the registry can, or else the whole; never more bytes than the descriptor says. */
export type FetchBlob = (descriptor: Descriptor, span: ByteRange | null) => Promise<BlobStream>

/** How often to request a config that is cut; it is a few kilobytes. */
const configTries = 4

export async function resolveImage(
  session: RegistrySession,
  wanted: Wanted,
  fetch: FetchBlob,
  signal: AbortSignal,
): Promise<Resolved> {
  const digest = wanted.digest ?? wanted.image.digest ?? (await headDigest(session, wanted, signal))
  const root = await fetchManifest(session, digest ?? tagOf(wanted), wanted, signal)
  wanted.hooks?.onPermitted?.(root.manifest.digest)
  const image = root.kind === 'index' ? await fetchForPlatform(session, root, wanted, signal) : root
  if (image.kind !== 'image') throw unsupported(session)
  const imageConfig = readConfig(session, image, wanted.platform, fetch)
  imageConfig.catch(() => 'thrown where it is awaited')
  return {
    digest: root.manifest.digest,
    manifests: root === image ? [root.manifest] : [root.manifest, image.manifest],
    config: image.config,
    imageConfig,
    layers: image.layers,
    totalBytes: totalBytes(image.config, image.layers),
  }
}

/** `HEAD` does not count as a pull; null if a registry refuses it or gives no digest, and `GET` decides. */
async function headDigest(session: RegistrySession, wanted: Wanted, signal: AbortSignal): Promise<string | null> {
  const path = manifestPath(session, tagOf(wanted))
  const answer = await session.whole({ method: 'HEAD', path, headers: acceptManifests }, 0, signal)
  if (answer.status === 404) throw notFound(session)
  if (answer.status === 405 || answer.status === 501) return null
  if (answer.status !== 200) throw await session.refusalOf(answer, signal)
  wanted.hooks?.onManifest?.(answer)
  const digest = answer.header('docker-content-digest')
  return digest !== null && isDigest(digest) ? digest : null
}

async function fetchManifest(
  session: RegistrySession,
  reference: string,
  { maxImageBytes, hooks }: Wanted,
  signal: AbortSignal,
): Promise<Admitted> {
  const path = manifestPath(session, reference)
  const answer = await session.whole({ method: 'GET', path, headers: acceptManifests }, manifestLimits.bytes, signal)
  if (answer.status === 404) throw notFound(session)
  if (answer.status !== 200) throw await session.refusalOf(answer, signal)
  hooks?.onManifest?.(answer)
  const { registry, repository } = session
  const digest = reference.includes(':') ? reference : promisedDigest(answer)
  const contentType = answer.header('content-type') ?? ''
  return admitManifest({ bytes: answer.bytes, contentType, digest }, { registry, repository, maxImageBytes })
}

async function fetchForPlatform(
  session: RegistrySession,
  root: Extract<Admitted, { kind: 'index' }>,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Admitted> {
  const entry = chooseEntry(root.entries, wanted.platform)
  if (!entry) throw mismatch(session, wanted.platform)
  const image = await fetchManifest(session, entry.digest, wanted, signal)
  if (image.manifest.size !== entry.size || image.manifest.mediaType !== entry.mediaType) throw corrupt(session)
  return image
}

/** Docker does not check an image's architecture, so we do. */
async function readConfig(
  session: RegistrySession,
  { config, layers }: Extract<Admitted, { kind: 'image' }>,
  node: NodePlatform,
  fetch: FetchBlob,
): Promise<ImageConfig> {
  const bytes = await fetchConfig(session, config, fetch)
  const refusals = { unsupported: () => unsupported(session), corrupt: () => corrupt(session) }
  const { platform, diffIds } = parseImageConfig(bytes, layers.length, refusals)
  if (!runsOn(platform, node)) throw mismatch(session, node)
  return { bytes, platform: formatPlatform(platform), diffIds }
}

async function fetchConfig(session: RegistrySession, config: Descriptor, fetch: FetchBlob): Promise<Uint8Array> {
  let bytes: Uint8Array = new Uint8Array()
  for (let tries = 1; ; tries++) {
    const rest = bytes.length === 0 ? null : { start: bytes.length, end: config.size }
    const { span, body } = await fetch(config, rest)
    const pieces = [bytes.subarray(0, span.start)]
    try {
      for await (const piece of body) pieces.push(piece)
    } catch (error) {
      // Received bytes are kept: a cut connection resumes from there.
      if (!isProblem(error) || !error.row.retry || tries >= configTries) throw error
    }
    bytes = Buffer.concat(pieces)
    if (bytes.length < config.size && tries < configTries) continue
    if (digestOf(bytes) !== config.digest) throw corrupt(session)
    return bytes
  }
}

function promisedDigest(answer: AnswerHead): string | null {
  return answer.header('docker-content-digest')
}

/** A digest has a colon and a tag has none, so the reference shows which it is. */
function manifestPath(session: RegistrySession, reference: string): string {
  return `/v2/${session.repository}/manifests/${reference}`
}

function tagOf({ image }: Wanted): string {
  return effectiveTag(image) ?? 'latest'
}

function notFound({ registry, repository }: RegistrySession) {
  return problem('IMAGE_NOT_FOUND', { registry, repository })
}

function mismatch({ registry, repository }: RegistrySession, node: NodePlatform) {
  return problem('IMAGE_PLATFORM_MISMATCH', { registry, repository, node_platform: formatPlatform(node) })
}
