/**
 * Large images for measurements: a Ray image, with further copies of its files in other folders. So what an engine unpacks is real: libraries,
 * Python, thousands of small files. Nothing is downloaded for it.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { mustRun } from '../command.ts'
import { keptFolder } from '../kept-folder.ts'
import { repositoryCache } from '../repository.ts'
import { blobOf, descriptor, mediaTypes, sha256, type LocalBlob, type LocalOciImage } from './local-image.ts'
import { packLayer, type Layer } from './ray-image/pack-layer.ts'

/** For each further layer, the names of the folders that hold a copy of the Ray image, of 170 MB each. */
export type Copies = readonly (readonly [string, ...string[]])[]

/** About 1 GB in five layers of 44 to 340 MB, 2.9 GB unpacked. */
export const severalLayers: Copies = [['one'], ['two', 'three'], ['four', 'five']]

/** About 2.2 GB, of which one layer is 2 GB; 6 GB unpacked. */
export const oneLargeLayer: Copies = [
  ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'],
]

/** Made once, which takes minutes. */
export async function enlarged(ray: LocalOciImage, copies: Copies): Promise<LocalOciImage> {
  const recipe = createHash('sha256').update(JSON.stringify([1, ray.digest, copies]))
  const name = `large-image-${recipe.digest('hex').slice(0, 12)}`
  const folder = await keptFolder(join(repositoryCache, name), (draft) => makeLayers(ray, copies, draft))
  const layers = JSON.parse(await readFile(join(folder, 'layers.json'), 'utf8')) as Layer[]
  return withLayers(ray, copies, layers, folder)
}

async function makeLayers(ray: LocalOciImage, copies: Copies, folder: string): Promise<void> {
  const work = join(folder, 'work')
  const tree = join(work, 'tree')
  await mkdir(tree, { recursive: true })
  for (const layer of layersOf(ray)) {
    const packed = join(work, 'layer')
    await writeFile(packed, layer.open())
    await mustRun('tar', ['-xzf', packed, '-C', tree], { timeoutMs: 600_000 })
    await rm(packed)
  }
  const layers: Layer[] = []
  for (const names of copies) {
    const root = join(work, 'root')
    for (const [index, copy] of names.entries()) {
      const place = join(root, 'copies', copy)
      await mkdir(join(root, 'copies'), { recursive: true })
      if (index === 0) await rename(tree, place)
      else await mustRun('cp', ['-a', join(root, 'copies', names[0]), place], { timeoutMs: 600_000 })
    }
    layers.push(await packLayer({ root, blobs: folder, include: names.map((copy) => `copies/${copy}`), exclude: [] }))
    await rename(join(root, 'copies', names[0]), tree)
    await rm(root, { recursive: true })
  }
  await rm(work, { recursive: true })
  await writeFile(join(folder, 'layers.json'), JSON.stringify(layers))
}

/** The same image with further layers on top. */
async function withLayers(
  ray: LocalOciImage,
  copies: Copies,
  layers: readonly Layer[],
  folder: string,
): Promise<LocalOciImage> {
  const [rayConfig] = ray.blobs
  if (rayConfig === undefined) throw new Error('the Ray image has no configuration')
  const { rootfs, history, ...rest } = JSON.parse((await buffer(rayConfig.open())).toString('utf8')) as ImageConfig
  const config = blobOf(
    mediaTypes.config,
    Buffer.from(
      JSON.stringify({
        ...rest,
        rootfs: { ...rootfs, diff_ids: [...rootfs.diff_ids, ...layers.map(({ diffId }) => diffId)] },
        history: [...history, ...copies.map((names) => ({ created_by: `copies of the image: ${names.join(', ')}` }))],
      }),
    ),
  )
  const further = layers.map(({ digest, size }): LocalBlob => {
    const file = join(folder, digest.slice('sha256:'.length))
    return { mediaType: mediaTypes.layer, digest, size, open: () => createReadStream(file) }
  })
  const all = [...layersOf(ray), ...further]
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: descriptor(config),
      layers: all.map(descriptor),
    }),
  )
  return { ...ray, mediaType: mediaTypes.manifest, digest: sha256(manifest), manifest, blobs: [config, ...all] }
}

interface ImageConfig {
  readonly rootfs: { readonly diff_ids: readonly string[] }
  readonly history: readonly object[]
}

const layersOf = ({ blobs }: LocalOciImage): readonly LocalBlob[] =>
  blobs.filter(({ mediaType }) => mediaType === mediaTypes.layer)
