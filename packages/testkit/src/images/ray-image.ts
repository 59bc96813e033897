/**
 * Makes a real Ray image without a container engine: Debian by debootstrap, Ray's wheels by pip, packed as an OCI layout.
 * The result is kept by the hash of its recipe: the first call takes about a minute, later ones nothing, and no network.
 */
import { mkdir, mkdtemp, readFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ImageProgressMeter, type ImageProgress } from './ray-image/image-progress.ts'
import { writeOciLayout } from './ray-image/oci-layout.ts'
import { packLayer } from './ray-image/pack-layer.ts'
import { installRay } from './ray-image/python-packages.ts'
import { hashOfRecipe, rayRecipe } from './ray-image/recipe.ts'
import { compilePython, makeRootFilesystem, siteFolder, trimRootFilesystem } from './ray-image/root-filesystem.ts'
import { lockFile } from '../python-lock.ts'
import { withFileLock } from '../file-lock.ts'

export type { ImageProgress } from './ray-image/image-progress.ts'

export interface RayImageOptions {
  /** Kept between runs; the layout lands in a folder below it. */
  cacheDir: string
  /** A release of Ray that has a lock in `packages/testkit/locks`, such as `2.55.1`. */
  rayVersion: string
  /** Debian's packages beside Python, such as what Ray's own launcher needs; this image is kept apart from the plain one. */
  packages?: readonly string[]
  onProgress?: (progress: ImageProgress) => void
  signal?: AbortSignal
}

/** The folder of an OCI layout that holds a Ray image of this version; made now where the cache has none. */
export async function ensureRayImage(options: RayImageOptions): Promise<string> {
  const recipe = rayRecipe(options.rayVersion, process.arch, options.packages)
  const shelf = join(options.cacheDir, 'ray-image')
  const lock = await readFile(lockFile(`ray-${recipe.rayVersion}`), 'utf8')
  const layout = join(shelf, `${recipe.rayVersion}-${hashOfRecipe(recipe, lock)}`)
  if (await isComplete(layout)) return layout
  if (process.getuid?.() !== 0)
    throw new Error('making the Ray image needs root (debootstrap and chroot); give an existing image instead')
  await mkdir(shelf, { recursive: true })
  const meter = new ImageProgressMeter(options.onProgress)
  meter.report('waiting', 0)
  return withFileLock(join(shelf, 'lock'), options.signal, async () => {
    if (await isComplete(layout)) return layout // another process made it while this one waited
    await removeAbandoned(shelf)
    const work = await mkdtemp(join(shelf, unfinished))
    try {
      const made = await makeLayout(recipe, work, meter, options.signal)
      await rename(made, layout)
    } finally {
      await rm(work, { recursive: true, force: true })
    }
    meter.report('done', 1)
    return layout
  })
}

const unfinished = '.making-'

async function makeLayout(
  recipe: ReturnType<typeof rayRecipe>,
  work: string,
  meter: ImageProgressMeter,
  signal: AbortSignal | undefined,
): Promise<string> {
  const root = join(work, 'root')
  const layout = join(work, 'layout')
  const blobs = join(layout, 'blobs', 'sha256')
  await mkdir(blobs, { recursive: true })
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
  await writeOciLayout(layout, recipe, layers)
  meter.report('pack', 1)
  return layout
}

/** `index.json` is written last inside a folder that is renamed into place as a whole. */
async function isComplete(layout: string): Promise<boolean> {
  return stat(join(layout, 'index.json')).then(
    (found) => found.isFile(),
    () => false,
  )
}

/** What a killed maker left: only the holder of the lock removes it. */
async function removeAbandoned(shelf: string): Promise<void> {
  for (const name of await readdir(shelf)) {
    if (name.startsWith(unfinished)) await rm(join(shelf, name), { recursive: true, force: true })
  }
}
