/** The Python from which `ray up` is run, with the Ray of the image and what its AWS and Google Cloud code needs. */
import { ensurePythonEnvironment } from '@fairlead/testkit'
import { cacheDir, rayVersion } from '../private-ray.ts'

export const rayPython = (): Promise<string> =>
  ensurePythonEnvironment({
    cacheDir: `${cacheDir}/ray-launcher`,
    python: '/usr/bin/python3',
    requirements: [
      `ray[default]==${rayVersion}`,
      'boto3==1.44.8',
      'google-api-python-client==2.202.0',
      'google-auth==2.63.0',
    ],
  })
