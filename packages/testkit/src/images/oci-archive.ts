/** An image as one tar file, as `ctr images import`, `skopeo` and `docker load` read it. */
import { writeFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { packTar } from 'modern-tar'
import type { LocalOciImage } from './local-image.ts'

/** `name`: what the image is called where it is imported. */
export async function writeOciArchive(file: string, image: LocalOciImage, name: string): Promise<void> {
  const { mediaType, digest, manifest } = image
  const index = {
    schemaVersion: 2,
    manifests: [{ mediaType, digest, size: manifest.length, annotations: { 'io.containerd.image.name': name } }],
  }
  const blobs = await Promise.all(
    image.blobs.map(async (blob) => ({ digest: blob.digest, content: await buffer(blob.open()) })),
  )
  const entry = (path: string, body: Uint8Array) => ({
    header: { name: path, size: body.length, type: 'file' as const },
    body,
  })
  const archive = await packTar([
    entry('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}')),
    entry('index.json', Buffer.from(JSON.stringify(index))),
    ...[{ digest, content: manifest }, ...blobs].map((blob) =>
      entry(`blobs/${blob.digest.replace(':', '/')}`, blob.content),
    ),
  ])
  await writeFile(file, archive)
}
