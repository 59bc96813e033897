/** Ray's wheels and everything they need, unpacked by the host's pip for the image's Python: no Ray code runs here. */
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { lockedWheels, lockFile } from '../../python-lock.ts'
import type { RayRecipe } from './recipe.ts'
import { runToEnd } from '../../run-to-end.ts'

export interface SiteFolders {
  packages: string
  programs: string
}

const hostPython = '/usr/bin/python3'
const machineName = { amd64: 'x86_64', arm64: 'aarch64' }

export async function installRay(
  recipe: RayRecipe,
  work: string,
  tell: (fraction: number) => void,
): Promise<SiteFolders> {
  const venv = join(work, 'pip')
  const site = { packages: join(work, 'packages'), programs: join(work, 'programs') }
  await mkdir(site.packages)
  await runToEnd(hostPython, ['-m', 'venv', venv])
  const machine = machineName[recipe.architecture]
  const platforms = ['manylinux_2_28', 'manylinux_2_17', 'manylinux2014'].flatMap((tag) => [
    '--platform',
    `${tag}_${machine}`,
  ])
  let lines = 0
  // `--python` makes the installed programs start with `#!/usr/bin/python3`, which is also the image's Python.
  const install = [
    '--python',
    hostPython,
    'install',
    '--disable-pip-version-check',
    '--no-input',
    '--progress-bar',
    'off',
  ]
  const wheels = ['--no-compile', '--implementation', 'cp', '--python-version', recipe.python, ...platforms]
  await runToEnd(
    join(venv, 'bin', 'pip'),
    [...install, ...wheels, '--target', site.packages, ...lockedWheels(lockFile(`ray-${recipe.rayVersion}`))],
    {
      onLine: () => tell(++lines / expectedLines),
    },
  )
  await rename(join(site.packages, 'bin'), site.programs)
  tell(1)
  return site
}

/** About as many lines as pip prints for these wheels. */
const expectedLines = 120
