/** What the registry granted for one pull: the admitted manifest, and a way to fetch exactly its blobs. Holds no password. */
import type { ImageReference } from '@fairlead/contract/names'

export interface Descriptor {
  readonly mediaType: string
  /** `sha256:…` */
  readonly digest: string
  readonly size: number
}

export interface ManifestBytes extends Descriptor {
  readonly bytes: Uint8Array
}

export interface BlobStream {
  /** 0, or the requested offset if the registry resumes by Range. */
  readonly offset: number
  readonly body: AsyncIterable<Uint8Array>
}

/** How the registry treated the login: it asked for none, it let us in as it would anyone, or it proved that it knows the login. */
export type LoginUse = 'none' | 'unsent' | 'unproved' | 'proved'

export interface PullTicket {
  readonly image: ImageReference
  /** What a build pins: the index's digest if the image is one. */
  readonly digest: string
  /** The root, followed by the platform's if the root is an index. */
  readonly manifests: readonly ManifestBytes[]
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
  /** `os/arch[/variant]`, from the image's config. */
  readonly platform: string
  readonly loginUse: LoginUse
  /** Sum of config and layers, in bytes. */
  readonly totalBytes: number
  /** Fetches a blob of this image, renewing the token and following redirects as the rules allow; throws a Problem. */
  fetchBlob(descriptor: Descriptor, offset: number, signal: AbortSignal): Promise<BlobStream>
}

/** The only manifest an engine sees (S16): of an index the platform's, so there is nothing to choose from. Undefined if a ticket is for nothing. */
export const imageManifest = ({ manifests }: PullTicket): ManifestBytes | undefined => manifests.at(-1)
