/** The Python from which `ray up` is run, with the Ray of the image and what its AWS and Google Cloud code needs. */
import { ensurePythonEnvironment, lockFile } from '@fairlead/testkit'
import { cacheDir } from '../private-ray.ts'

export const rayPython = (): Promise<string> =>
  ensurePythonEnvironment({
    cacheDir: `${cacheDir}/ray-launcher`,
    python: '/usr/bin/python3',
    lock: lockFile('ray-launcher'),
  })
