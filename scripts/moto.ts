/** Creates the Python environment with moto, or finds it in the cache, and prints its interpreter. */
import { motoPython } from '../packages/testkit/src/python-environment.ts'
import { cacheFolder } from './demo/settings.ts'

console.log(await motoPython({ cacheDir: cacheFolder, python: '/usr/bin/python3' }))
