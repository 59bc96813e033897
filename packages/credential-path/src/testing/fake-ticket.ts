/** A pull ticket for tests: a small image in memory, and an upstream that can misbehave on request. */
import { createHash } from 'node:crypto'
import { parseImageReference } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { repositoryOf, type Descriptor, type ManifestBytes, type PullTicket } from '../registry/image/pull-ticket.ts'

export const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

export interface FakeImage {
  /** As an uncompressed tar, so that its digest is also its diff id. */
  readonly layers: readonly Uint8Array[]
  readonly os?: string
  readonly arch?: string
  readonly image?: string
}

export interface UpstreamAnswer {
  /** Where the body starts: 0 from a registry that ignores the range. */
  readonly offset: number
  readonly body: AsyncIterable<Uint8Array>
}

/** What the upstream does for one fetch; by default, returns what is asked for from `offset` on. `honest` ends where the asked range ends. */
export type Upstream = (
  blob: Descriptor,
  offset: number,
  signal: AbortSignal,
  honest: Uint8Array,
) => Promise<UpstreamAnswer>

export interface FakeTicket extends PullTicket {
  /** Every fetch so far, as `digest@offset`, or `digest@offset-end` if it ends before the blob. */
  readonly fetches: string[]
  readonly contents: ReadonlyMap<string, Uint8Array>
}

const ociManifest = 'application/vnd.oci.image.manifest.v1+json'
const ociConfig = 'application/vnd.oci.image.config.v1+json'
const ociLayer = 'application/vnd.oci.image.layer.v1.tar'

export function fakeTicket(options: FakeImage, upstream: Upstream = honestUpstream()): FakeTicket {
  const { os = 'linux', arch = 'amd64', image = 'registry.example.com/team/app:1' } = options
  const contents = new Map<string, Uint8Array>()
  const add = (mediaType: string, bytes: Uint8Array): Descriptor => {
    const digest = sha256(bytes)
    contents.set(digest, bytes)
    return { mediaType, digest, size: bytes.length }
  }
  const layers = options.layers.map((bytes) => add(ociLayer, bytes))
  const rootfs = { type: 'layers', diff_ids: layers.map(({ digest }) => digest) }
  const configBytes = Buffer.from(JSON.stringify({ os, architecture: arch, config: {}, rootfs }))
  const config = add(ociConfig, configBytes)
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: ociManifest, config, layers }))
  const manifest: ManifestBytes = { mediaType: ociManifest, digest: sha256(bytes), size: bytes.length, bytes }
  const fetches: string[] = []
  return {
    where: repositoryOf(parseImageReference(image)),
    digest: manifest.digest,
    manifests: [manifest],
    config,
    imageConfig: Promise.resolve({ bytes: configBytes, platform: `${os}/${arch}`, diffIds: rootfs.diff_ids }),
    dropConfig: () => undefined,
    layers,
    loginUse: () => Promise.resolve('proved'),
    totalBytes: [config, ...layers].reduce((sum, { size }) => sum + size, 0),
    fetches,
    contents,
    fetchBlob: async (blob, span, signal) => {
      const { start, end } = span ?? { start: 0, end: blob.size }
      fetches.push(`${blob.digest}@${start}${end === blob.size ? '' : `-${end}`}`)
      const bytes = contents.get(blob.digest) ?? new Uint8Array()
      const { offset, body } = await upstream(blob, start, signal, bytes.subarray(0, end))
      return { span: offset < start ? { start: 0, end: blob.size } : { start: offset, end }, body }
    },
  }
}

/** The config of an image for another machine. */
export function configForAnotherMachine(): PullTicket['imageConfig'] {
  const refused = Promise.reject(problem('IMAGE_PLATFORM_MISMATCH', { node_platform: 'linux/amd64' }))
  refused.catch(() => 'thrown where it is awaited')
  return refused
}

export function honestUpstream(chunkBytes = 64 * 1024): Upstream {
  return async (_blob, offset, _signal, honest) => ({ offset, body: inChunks(honest.subarray(offset), chunkBytes) })
}

export async function* inChunks(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes)
}

/** A body that delivers nothing until it is given up. */
export const silence = (signal: AbortSignal): AsyncIterable<Uint8Array> => ({
  [Symbol.asyncIterator]: () => ({
    next: () =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('given up')))
      }),
  }),
})
