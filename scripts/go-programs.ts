/** Builds the newest Docker, containerd and a kubelet, or finds them in the cache; prints how far it is, then their folder. */
import { ensureGoPrograms } from '../packages/testkit/src/go-programs.ts'
import { cacheFolder } from './demo/settings.ts'

console.log(
  await ensureGoPrograms({ cacheDir: cacheFolder, onProgress: (fraction) => console.log(fraction.toFixed(3)) }),
)
