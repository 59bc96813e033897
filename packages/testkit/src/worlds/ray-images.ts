/** The images of stories: one that behaves like a Ray image, and one with Ray. */
import { join } from 'node:path'
import { withFileLock } from '../file-lock.ts'
import { enlarged, oneLargeLayer, severalLayers } from '../images/large-image.ts'
import { makeFakeRayImage, type FakeRayOptions } from '../images/fake-ray-image.ts'
import type { LocalOciImage } from '../images/local-image.ts'
import { ociImageFromDir } from '../images/oci-layout.ts'
import { ensureRayImage, type RayImageOptions } from '../images/ray-image.ts'
import { withContainersFirst } from '../machines/processor-share.ts'
import { repositoryCache } from '../repository.ts'

/** The Ray version in every image. */
export const rayVersion = '2.55.1'

export type ImageMaker = () => Promise<LocalOciImage>

export const fakeRay =
  (options: FakeRayOptions = {}): ImageMaker =>
  () =>
    makeFakeRayImage({ rayVersion, ...options })

export const realRay =
  (options: Partial<RayImageOptions> = {}): ImageMaker =>
  async () =>
    ociImageFromDir(await ensureRayImage({ rayVersion, ...options }))

/** A Ray image of about 1 GB in several layers. */
export const largeRay = (): ImageMaker => async () => enlarged(await realRay()(), severalLayers)

/** A Ray image of about 2 GB, nearly all of it in one layer. */
export const oneLayerRay = (): ImageMaker => async () => enlarged(await realRay()(), oneLargeLayer)

export const rayStartLock = join(repositoryCache, 'ray-start-lock')

/**
 * For work in which a real Ray starts: a head exits if its raylet is not up within 30 s. One starts at a time on this host, and it has the
 * processors first: a busy host gives all containers together no more than a single process.
 */
export const whileRayStarts = <Result>(work: () => Promise<Result>): Promise<Result> =>
  withFileLock(rayStartLock, () => withContainersFirst(work))
