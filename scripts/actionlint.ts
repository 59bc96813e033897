/** Builds actionlint, which checks .github/workflows, or finds it in the cache; prints its path. */
import { ensureActionlint } from '../packages/testkit/src/go-programs.ts'
import { cacheFolder } from './demo/settings.ts'

console.log(await ensureActionlint(cacheFolder))
