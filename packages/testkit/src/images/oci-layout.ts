/** Reads an image from an OCI layout: a folder with `index.json` and `blobs/sha256/…`. */
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mediaTypes, sha256, type ImagePlatform, type LocalBlob, type LocalOciImage } from './local-image.ts'

interface Descriptor {
  mediaType: string
  digest: string
  size: number
  platform?: ImagePlatform
}

interface Document {
  mediaType?: string
  manifests?: Descriptor[]
  config?: Descriptor
  layers?: Descriptor[]
}

/** The one image that the layout names; an index if it names several. */
export async function ociImageFromDir(dir: string): Promise<LocalOciImage> {
  const bytes = await readFile(join(dir, 'index.json'))
  const { manifests = [] } = JSON.parse(bytes.toString('utf8')) as Document
  const images = await Promise.all(manifests.map((entry) => readImage(dir, entry)))
  const [only] = images
  if (only === undefined) throw new Error(`${dir} names no image`)
  if (images.length === 1) return only
  return { mediaType: mediaTypes.index, digest: sha256(bytes), manifest: bytes, blobs: [], images, platform: null }
}

async function readImage(dir: string, { mediaType, digest, platform }: Descriptor): Promise<LocalOciImage> {
  const manifest = await readFile(blobPath(dir, digest))
  if (sha256(manifest) !== digest) throw new Error(`${blobPath(dir, digest)} is not what its name says`)
  const document = JSON.parse(manifest.toString('utf8')) as Document
  const entries = [...(document.config ? [document.config] : []), ...(document.layers ?? [])]
  return {
    mediaType,
    digest,
    manifest,
    blobs: entries.map((entry): LocalBlob => ({ ...entry, open: () => createReadStream(blobPath(dir, entry.digest)) })),
    images: await Promise.all((document.manifests ?? []).map((entry) => readImage(dir, entry))),
    platform: platform ?? null,
  }
}

function blobPath(dir: string, digest: string): string {
  return join(dir, 'blobs', ...digest.split(':'))
}
