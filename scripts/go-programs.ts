/** Builds the newest Docker, containerd and a kubelet, or finds them in the cache; prints its progress, then their folder. */
import { ensureGoPrograms } from '../packages/testkit/src/go-programs.ts'
import { cacheFolder } from './demo/settings.ts'

console.log(
  await ensureGoPrograms({ cacheDir: cacheFolder, onProgress: (fraction) => console.log(fraction.toFixed(3)) }),
)
