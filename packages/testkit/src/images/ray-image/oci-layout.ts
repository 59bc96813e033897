/** Writes the JSON parts of an OCI image layout (image-spec 1.0) around layers already in its blobs folder. */
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Layer } from './pack-layer.ts'
import type { RayRecipe } from './recipe.ts'

/** The same time as the files in the layers: an image is its content, not when it was built. */
const created = '2024-01-01T00:00:00Z'

export async function writeOciLayout(layout: string, recipe: RayRecipe, layers: readonly Layer[]): Promise<void> {
  const include = ['python3', ...(recipe.packages ?? [])].join(',')
  const config = await writeBlob(layout, 'application/vnd.oci.image.config.v1+json', {
    created,
    architecture: recipe.architecture,
    os: 'linux',
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8'],
      Cmd: ['python3'],
      WorkingDir: '/',
      Labels: { 'org.opencontainers.image.title': 'ray', 'org.opencontainers.image.version': recipe.rayVersion },
    },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
    history: [
      { created, created_by: `debootstrap --variant=minbase --include=${include} ${recipe.debian}` },
      { created, created_by: `pip install ray[default]==${recipe.rayVersion}` },
    ],
  })
  const manifest = await writeBlob(layout, 'application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config,
    layers: layers.map(({ digest, size }) => ({
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      digest,
      size,
    })),
  })
  const platform = { os: 'linux', architecture: recipe.architecture }
  const named = { 'org.opencontainers.image.ref.name': recipe.rayVersion }
  await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  await writeFile(
    join(layout, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, platform, annotations: named }] }),
  )
}

interface Descriptor {
  mediaType: string
  digest: string
  size: number
}

async function writeBlob(layout: string, mediaType: string, content: object): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(content))
  const hex = createHash('sha256').update(bytes).digest('hex')
  await writeFile(join(layout, 'blobs', 'sha256', hex), bytes)
  return { mediaType, digest: `sha256:${hex}`, size: bytes.length }
}
