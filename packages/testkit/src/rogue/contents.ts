/** What a rogue registry serves: a small honest image, or a case's variation of it. */
import { buffer } from 'node:stream/consumers'
import { mediaTypes, sha256, type LocalOciImage } from '../images/local-image.ts'

export interface Content {
  readonly mediaType: string
  readonly bytes: Buffer
}

/** Manifests by tag or digest, blobs by digest. */
export interface Contents {
  readonly manifests: ReadonlyMap<string, Content>
  readonly blobs: ReadonlyMap<string, Content>
}

export interface ManifestDocument {
  schemaVersion: number
  mediaType: string
  config: Descriptor
  layers: Descriptor[]
  [key: string]: unknown
}

export interface Descriptor {
  mediaType: string
  digest: string
  size: number
  [key: string]: unknown
}

export interface HonestImage extends Contents {
  readonly manifest: Content
  readonly document: ManifestDocument
}

export async function honestImage(image: LocalOciImage): Promise<HonestImage> {
  const manifest = { mediaType: image.mediaType, bytes: Buffer.from(image.manifest) }
  const blobs = await Promise.all(
    image.blobs.map(
      async (blob) => [blob.digest, { mediaType: blob.mediaType, bytes: await buffer(blob.open()) }] as const,
    ),
  )
  const document = JSON.parse(manifest.bytes.toString('utf8')) as ManifestDocument
  return { ...serving(manifest), blobs: new Map(blobs), manifest, document }
}

/** Under its digest and under the tag `1`. */
export function serving(root: Content, others: readonly Content[] = []): Pick<Contents, 'manifests'> {
  const named = [root, ...others].map((content) => [sha256(content.bytes), content] as const)
  return { manifests: new Map([...named, ['1', root]]) }
}

/** The honest image with another manifest. */
export function withManifest(image: HonestImage, change: Readonly<Record<string, unknown>>): Contents {
  return { ...serving(json({ ...image.document, ...change })), blobs: image.blobs }
}

/** An index with these entries. */
export function withIndex(
  image: HonestImage,
  manifests: readonly unknown[],
  others: readonly Content[] = [],
): Contents {
  const index = json({ schemaVersion: 2, mediaType: mediaTypes.index, manifests })
  return { ...serving(index, [image.manifest, ...others]), blobs: image.blobs }
}

export function json(document: { mediaType: string; [key: string]: unknown }): Content {
  return { mediaType: document.mediaType, bytes: Buffer.from(JSON.stringify(document)) }
}

export function descriptorOf({ mediaType, bytes }: Content): Descriptor {
  return { mediaType, digest: sha256(bytes), size: bytes.length }
}
