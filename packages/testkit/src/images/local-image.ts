/** An image outside any registry or engine: its manifest, and its blobs as openable streams. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'

export interface LocalBlob {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
  open(): Readable
}

export interface ImagePlatform {
  os: string
  architecture: string
  variant?: string
}

export interface LocalOciImage {
  readonly mediaType: string
  readonly digest: string
  readonly manifest: Uint8Array
  readonly blobs: readonly LocalBlob[]
  /** The images of an index; empty for a single image. */
  readonly images: readonly LocalOciImage[]
  readonly platform: ImagePlatform | null
}

export const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstdLayer: 'application/vnd.oci.image.layer.v1.tar+zstd',
} as const

export function sha256(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

export function blobOf(mediaType: string, bytes: Uint8Array): LocalBlob {
  return { mediaType, digest: sha256(bytes), size: bytes.length, open: () => Readable.from([bytes]) }
}

export function descriptor({ mediaType, digest, size }: LocalBlob): object {
  return { mediaType, digest, size }
}

/** An index over images, one per platform. */
export function makeIndex(images: readonly LocalOciImage[]): LocalOciImage {
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.index,
      manifests: images.map((image) => ({
        mediaType: image.mediaType,
        digest: image.digest,
        size: image.manifest.length,
        ...(image.platform && { platform: image.platform }),
      })),
    }),
  )
  return { mediaType: mediaTypes.index, digest: sha256(manifest), manifest, blobs: [], images, platform: null }
}
