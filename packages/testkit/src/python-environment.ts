/** A Python environment with the packages of a lock, created once and kept for later runs. */
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { mustRun, runCommand } from './command.ts'
import { keptFolder } from './kept-folder.ts'
import { lockedWheels, lockFile } from './python-lock.ts'
import { repositoryCache } from './repository.ts'

export interface PythonEnvironmentOptions {
  /** A file in `packages/testkit/locks`, or one in the same format: each package by version and hash. */
  lock: string
  /** Where environments are kept. */
  cacheDir?: string
  python?: string
  onProgress?: (line: string) => void
}

/** The path of its interpreter. */
export async function ensurePythonEnvironment(options: PythonEnvironmentOptions): Promise<string> {
  const { lock, cacheDir = repositoryCache, python = '/usr/bin/python3', onProgress } = options
  const version = await pythonVersion(python)
  const content = await readFile(lock, 'utf8')
  const recipe = createHash('sha256')
    .update(JSON.stringify([version, content]))
    .digest('hex')
    .slice(0, 16)
  const place = join(cacheDir, `python-${recipe}`)
  await keptFolder(place, async (draft) => {
    onProgress?.(`Installing ${basename(lock)} for Python ${version}`)
    await makeEnvironment(python, draft)
    const quietly = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-compile']
    await mustRun(join(draft, 'bin', 'python'), ['-m', 'pip', 'install', ...quietly, ...lockedWheels(lock)], {
      timeoutMs: 600_000,
    })
    await writeFile(join(draft, 'complete'), `${basename(lock, '.txt')}\n`)
  })
  return join(place, 'bin', 'python')
}

export const motoPython = (): Promise<string> => ensurePythonEnvironment({ lock: lockFile('moto') })

export const schemathesisPython = (): Promise<string> => ensurePythonEnvironment({ lock: lockFile('schemathesis') })

async function makeEnvironment(python: string, place: string): Promise<void> {
  const { status, stdout, stderr } = await runCommand(python, ['-m', 'venv', place])
  if (status === 0) return
  const said = `${stdout}${stderr}`
  const advice = said.includes('ensurepip') ? '\nOn Debian and Ubuntu: apt-get install python3-venv' : ''
  throw new Error(`${python} makes no environment:\n${said.trim()}${advice}`)
}

async function pythonVersion(python: string): Promise<string> {
  try {
    return (await mustRun(python, ['-c', 'import platform; print(platform.python_version())'])).trim()
  } catch (error) {
    throw new Error(`No working ${python}`, { cause: error })
  }
}
