/** A Python environment with given packages, made once and kept for later runs. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mustRun, runCommand } from './command.ts'
import { userCacheDir } from './user-cache-dir.ts'

export interface PythonEnvironmentOptions {
  requirements: readonly string[]
  /** Where environments are kept; the user's cache folder when absent. */
  cacheDir?: string
  python?: string
  onProgress?: (line: string) => void
}

/** The path of its interpreter. */
export async function ensurePythonEnvironment(options: PythonEnvironmentOptions): Promise<string> {
  const { requirements, cacheDir = userCacheDir(), python = 'python3', onProgress } = options
  const version = await pythonVersion(python)
  const recipe = createHash('sha256')
    .update(JSON.stringify([version, ...requirements]))
    .digest('hex')
    .slice(0, 16)
  const place = join(cacheDir, `python-${recipe}`)
  const interpreter = join(place, 'bin', 'python')
  if (existsSync(join(place, 'complete'))) return interpreter

  onProgress?.(`Installing ${requirements.join(', ')} for Python ${version}`)
  await mkdir(cacheDir, { recursive: true })
  // Made beside its place and moved there when it is whole: two runs may do this at the same time.
  const draft = await mkdtemp(`${place}.`)
  try {
    await makeEnvironment(python, draft)
    const draftPython = join(draft, 'bin', 'python')
    const quietly = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-compile']
    await mustRun(draftPython, ['-m', 'pip', 'install', ...quietly, ...requirements], {
      timeoutMs: 600_000,
    })
    await writeFile(join(draft, 'complete'), `${requirements.join('\n')}\n`)
    await rename(draft, place)
  } catch (error) {
    if (!existsSync(join(place, 'complete'))) throw error
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return interpreter
}

// Its server and what that needs for the services used here; the `server` extra brings every service's needs, three times as much.
const motoRequirements = ['moto==5.2.5', 'flask==3.1.3', 'flask-cors==6.0.5']

/** An interpreter with moto: the one that `FAIRLEAD_MOTO_PYTHON` names, or an environment made for it. */
export async function motoPython(options: Omit<PythonEnvironmentOptions, 'requirements'> = {}): Promise<string> {
  return (
    process.env['FAIRLEAD_MOTO_PYTHON'] ??
    (await ensurePythonEnvironment({ ...options, requirements: motoRequirements }))
  )
}

/** An interpreter with schemathesis: the one that `FAIRLEAD_SCHEMATHESIS_PYTHON` names, or an environment made for it. */
export async function schemathesisPython(
  options: Omit<PythonEnvironmentOptions, 'requirements'> = {},
): Promise<string> {
  return (
    process.env['FAIRLEAD_SCHEMATHESIS_PYTHON'] ??
    (await ensurePythonEnvironment({ ...options, requirements: ['schemathesis==4.32.5'] }))
  )
}

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
    throw new Error(`No working ${python} on PATH`, { cause: error })
  }
}
