/** Builds the newest Docker, containerd and a kubelet, or with `kubernetes` the rest of one, or finds them in the cache; prints its progress, then their folder. */
import { ensureGoPrograms, ensureKubernetesPrograms } from '../packages/testkit/src/go-programs.ts'
import { cacheFolder } from './demo/settings.ts'

const ensure = process.argv[2] === 'kubernetes' ? ensureKubernetesPrograms : ensureGoPrograms
console.log(await ensure({ cacheDir: cacheFolder, onProgress: (fraction) => console.log(fraction.toFixed(3)) }))
