/** Makes the Ray image of the demo and the tests, or finds it in the cache; prints its progress, then the folder of its OCI layout. */
import { ensureRayImage } from '../packages/testkit/src/images/ray-image.ts'
import { cacheFolder, rayVersion } from './demo/settings.ts'

const layout = await ensureRayImage({
  cacheDir: cacheFolder,
  rayVersion,
  onProgress: ({ overall }) => console.log(overall.toFixed(3)),
})
console.log(layout)
