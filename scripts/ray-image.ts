/** Makes the Ray image of the demo and the tests, or finds it in the cache, and prints the folder of its OCI layout. */
import { ensureRayImage } from '../packages/testkit/src/ray-image.ts'
import { cacheFolder, rayVersion } from './demo/settings.ts'

const fractions = process.argv.includes('--fractions')
const layout = await ensureRayImage({
  cacheDir: cacheFolder,
  rayVersion,
  onProgress: ({ overall }) => {
    if (fractions) console.log(overall.toFixed(3))
  },
})
console.log(layout)
