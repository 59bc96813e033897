/**
 * Builds a real Ray image without a container engine: Debian with debootstrap, Ray's wheels with pip, packed as an OCI layout.
 * The result is cached by the hash of its recipe: the first call takes about a minute, later ones no time and no network.
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ImageProgressMeter, type ImageProgress } from './ray-image/image-progress.ts'
import { writeOciLayout } from './ray-image/oci-layout.ts'
import { packLayer } from './ray-image/pack-layer.ts'
import { installRay } from './ray-image/python-packages.ts'
import { hashOfRecipe, rayRecipe } from './ray-image/recipe.ts'
import { compilePython, makeRootFilesystem, siteFolder, trimRootFilesystem } from './ray-image/root-filesystem.ts'
import { lockFile } from '../python-lock.ts'
import { keptFolder } from '../kept-folder.ts'
import { repositoryCache } from '../repository-cache.ts'

export type { ImageProgress } from './ray-image/image-progress.ts'

export interface RayImageOptions {
  /** A release of Ray that has a lock in `packages/testkit/locks`, such as `2.55.1`. */
  rayVersion: string
  /** Debian packages in addition to Python, such as what Ray's own launcher needs; this image is kept apart from the plain one. */
  packages?: readonly string[]
  onProgress?: (progress: ImageProgress) => void
  signal?: AbortSignal
}

/** The folder of an OCI layout with a Ray image of this version; built now if the cache has none. */
export async function ensureRayImage(options: RayImageOptions): Promise<string> {
  const recipe = rayRecipe(options.rayVersion, process.arch, options.packages)
  const shelf = join(repositoryCache, 'ray-image')
  const lock = await readFile(lockFile(`ray-${recipe.rayVersion}`), 'utf8')
  const place = join(shelf, `${recipe.rayVersion}-${hashOfRecipe(recipe, lock)}`)
  if (existsSync(place)) return place
  if (process.getuid?.() !== 0)
    throw new Error('making the Ray image needs root (debootstrap and chroot); give an existing image instead')
  const meter = new ImageProgressMeter(options.onProgress)
  meter.report('waiting', 0)
  await keptFolder(place, (layout) => makeLayout(recipe, layout, meter, options.signal), options.signal)
  meter.report('done', 1)
  return place
}

async function makeLayout(
  recipe: ReturnType<typeof rayRecipe>,
  layout: string,
  meter: ImageProgressMeter,
  signal: AbortSignal | undefined,
): Promise<void> {
  const work = join(layout, 'work')
  const root = join(work, 'root')
  const blobs = join(layout, 'blobs', 'sha256')
  for (const folder of [blobs, work]) await mkdir(folder, { recursive: true })
  const [, site] = await Promise.all([
    makeRootFilesystem(recipe, root, (fraction) => meter.report('base', fraction), signal),
    installRay(recipe, work, (fraction) => meter.report('ray', fraction), signal),
  ])
  await trimRootFilesystem(root)
  await rename(site.packages, join(root, siteFolder.packages))
  await rename(site.programs, join(root, siteFolder.programs))
  meter.report('pack', 0)
  await compilePython(root, signal)
  meter.report('pack', 0.4)
  const raysOwn = [siteFolder.packages, siteFolder.programs]
  const layers = await Promise.all([
    packLayer({ root, blobs, include: ['.'], exclude: ['dev', ...raysOwn], signal }),
    packLayer({ root, blobs, include: raysOwn, exclude: [], signal }),
  ])
  await rm(work, { recursive: true, force: true })
  await writeOciLayout(layout, recipe, layers)
  meter.report('pack', 1)
}
