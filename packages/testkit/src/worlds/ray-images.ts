/** The images of stories: one that behaves like one with Ray, and one with Ray. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withFileLock } from '../file-lock.ts'
import { makeFakeRayImage, type FakeRayOptions } from '../images/fake-ray-image.ts'
import type { LocalOciImage } from '../images/local-image.ts'
import { ociImageFromDir } from '../images/oci-layout.ts'
import { ensureRayImage, type RayImageOptions } from '../images/ray-image.ts'

/** The Ray version in every image. */
export const rayVersion = '2.55.1'

/** What is made once for this repository. */
export const repositoryCache = fileURLToPath(new URL('../../../../.cache', import.meta.url))

export type ImageMaker = () => Promise<LocalOciImage>

export const fakeRay =
  (options: FakeRayOptions = {}): ImageMaker =>
  () =>
    makeFakeRayImage({ rayVersion, ...options })

export const realRay =
  (options: Partial<RayImageOptions> = {}): ImageMaker =>
  async () =>
    ociImageFromDir(await ensureRayImage({ cacheDir: repositoryCache, rayVersion, ...options }))

/** For work in which a real Ray starts: a head exits if its raylet is not up within 30 s, so only one at a time starts on this host. */
export const whileRayStarts = <Result>(work: () => Promise<Result>): Promise<Result> =>
  withFileLock(join(repositoryCache, 'ray-start-lock'), undefined, work)
