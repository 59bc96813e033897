/**
 * Builds a real Ray image without a container engine: Debian with debootstrap, Ray's wheels with pip, packed as an OCI layout.
 * The result is cached by the hash of its recipe: the first call takes about a minute, later ones no time and no network.
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { imageProgress, type TellPhase } from './ray-image/image-progress.ts'
import { writeOciLayout } from './ray-image/oci-layout.ts'
import { packLayer } from './ray-image/pack-layer.ts'
import { installRay } from './ray-image/python-packages.ts'
import { hashOfRecipe, rayRecipe, type RayRecipe } from './ray-image/recipe.ts'
import { compilePython, makeRootFilesystem, siteFolder, trimRootFilesystem } from './ray-image/root-filesystem.ts'
import { lockFile } from '../python-lock.ts'
import { keptFolder } from '../kept-folder.ts'
import { repositoryCache } from '../repository.ts'

export interface RayImageOptions {
  /** A release of Ray that has a lock in `packages/testkit/locks`, such as `2.55.1`. */
  rayVersion: string
  /** Debian packages in addition to Python, such as what Ray's own launcher needs; this image is kept apart from the plain one. */
  packages?: readonly string[]
  /** Told how much of all the work is done, 0 to 1. */
  onProgress?: (fraction: number) => void
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
  return keptFolder(place, (layout) => makeLayout(recipe, layout, imageProgress(options.onProgress)))
}

async function makeLayout(recipe: RayRecipe, layout: string, tell: TellPhase): Promise<void> {
  const work = join(layout, 'work')
  const root = join(work, 'root')
  const blobs = join(layout, 'blobs', 'sha256')
  for (const folder of [blobs, work]) await mkdir(folder, { recursive: true })
  const [, site] = await Promise.all([
    makeRootFilesystem(recipe, root, (fraction) => tell('base', fraction)),
    installRay(recipe, work, (fraction) => tell('ray', fraction)),
  ])
  await trimRootFilesystem(root)
  await rename(site.packages, join(root, siteFolder.packages))
  await rename(site.programs, join(root, siteFolder.programs))
  await compilePython(root)
  tell('pack', 0.4)
  const raysOwn = [siteFolder.packages, siteFolder.programs]
  const layers = await Promise.all([
    packLayer({ root, blobs, include: ['.'], exclude: ['dev', ...raysOwn] }),
    packLayer({ root, blobs, include: raysOwn, exclude: [] }),
  ])
  await rm(work, { recursive: true, force: true })
  await writeOciLayout(layout, recipe, layers)
  tell('pack', 1)
}
