/** Creates the Python environment with schemathesis, or finds it in the cache, and prints its interpreter. */
import { schemathesisPython } from '../packages/testkit/src/python-environment.ts'
import { cacheFolder } from './demo/settings.ts'

console.log(await schemathesisPython({ cacheDir: cacheFolder, python: '/usr/bin/python3' }))
