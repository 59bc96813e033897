/** Fetches the newest Python that the SDK is for, or finds it in the cache, and prints its interpreter. */
import { ensureNewestPython } from '../packages/testkit/src/newest-python.ts'
import { cacheFolder } from './demo/settings.ts'

try {
  console.log(await ensureNewestPython({ cacheDir: cacheFolder }))
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
