/** What the registry granted for one pull: the admitted manifest, and a way to fetch exactly its blobs. Holds no password. */
import { registryOf, type ImageReference } from '@fairlead/contract/names'
import { problem, type Problem } from '@fairlead/contract/problems'

export interface Repository {
  /** The registry's key, which is the same for all its names. */
  readonly registry: string
  readonly repository: string
}

export const repositoryOf = (image: ImageReference): Repository => ({
  registry: registryOf(image).key,
  repository: image.path,
})

export const corrupt = ({ registry, repository }: Repository): Problem =>
  problem('IMAGE_CORRUPT', { registry, repository })

export interface Descriptor {
  readonly mediaType: string
  /** `sha256:…` */
  readonly digest: string
  readonly size: number
}

export interface ManifestBytes extends Descriptor {
  readonly bytes: Uint8Array
}

export interface ByteRange {
  readonly start: number
  /** One past the last byte. */
  readonly end: number
}

export interface BlobStream {
  /** Exactly the span that was asked for, or the whole blob from a registry without Range. */
  readonly span: ByteRange
  readonly body: AsyncIterable<Uint8Array>
}

/** Where the blobs of one repository come from. */
export interface BlobSource {
  readonly where: Repository
  /** Fetches a span of a blob, or the whole (null), renewing the token and following redirects as the rules allow; throws a Problem. */
  fetchBlob(blob: Descriptor, span: ByteRange | null, signal: AbortSignal): Promise<BlobStream>
}

/** How the registry treated the login: it asked for none, it let us in as it would anyone, or it proved that it knows the login. */
export type LoginUse = 'none' | 'unsent' | 'unproved' | 'proved'

/** What an image's config says about it. */
export interface ImageConfig {
  /** As the registry sent them; their digest was checked. */
  readonly bytes: Uint8Array
  /** `os/arch[/variant]`; the node can run it. */
  readonly platform: string
  /** What each layer unpacks to, `sha256:…`; as many as there are layers. */
  readonly diffIds: readonly string[]
}

export interface PullTicket extends BlobSource {
  /** What a build pins: the index's digest if the image is one. */
  readonly digest: string
  /** The root, followed by the platform's if the root is an index. */
  readonly manifests: readonly ManifestBytes[]
  readonly config: Descriptor
  /**
   * Still being read when the ticket is issued, since nothing of an engine's first request depends on it. Rejects with
   * IMAGE_PLATFORM_MISMATCH if the node cannot run the image, among others; until it resolves, no blob is served.
   */
  readonly imageConfig: Promise<ImageConfig>
  /** Stops reading the config, since nobody waits for it any more. */
  dropConfig(): void
  readonly layers: readonly Descriptor[]
  /** Sum of config and layers, in bytes. */
  readonly totalBytes: number
  /** Asks the registry. Nothing of the pull depends on the answer, so it can be asked during the pull. */
  loginUse(signal: AbortSignal): Promise<LoginUse>
}

/** The only manifest an engine sees (S16): of an index the platform's, so there is nothing to choose from. Undefined if a ticket is for nothing. */
export const imageManifest = ({ manifests }: PullTicket): ManifestBytes | undefined => manifests.at(-1)
