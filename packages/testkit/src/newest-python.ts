/**
 * The newest Python that the SDK is for, where the machine has none: that of Debian's next release, with the C library that it needs,
 * in a folder of its own. Nothing is built, and nothing of the machine changes. Kept by the hash of the recipe.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mustRun } from './command.ts'
import { withFileLock } from './file-lock.ts'
import { fromFirstSuite } from './newest-python/first-suite.ts'
import { downloadPackages, unpack } from './newest-python/debian-packages.ts'
import { makeRunnable } from './newest-python/make-runnable.ts'

export interface NewestPythonOptions {
  /** Kept between runs; the interpreter lands in a folder below it. */
  cacheDir: string
}

const recipe = {
  /** Raised when a step of the making changes what comes out. */
  revision: 1,
  version: '3.14',
  /** The release that will have it for years, then where its next version is tried. */
  suites: ['forky', 'sid'],
} as const

/** The path of its interpreter. */
export async function ensureNewestPython({ cacheDir }: NewestPythonOptions): Promise<string> {
  const place = join(cacheDir, `newest-python-${hashOfRecipe()}`)
  const complete = join(place, 'complete')
  const interpreter = join(place, 'root', 'usr', 'bin', `python${recipe.version}`)
  if (existsSync(complete)) return interpreter
  await mkdir(cacheDir, { recursive: true })
  return withFileLock(join(cacheDir, 'newest-python-lock'), undefined, async () => {
    if (existsSync(complete)) return interpreter // another process made it while this one waited
    try {
      await fromFirstSuite(recipe.suites, (suite) => make(suite, place))
    } catch (error) {
      await rm(place, { recursive: true, force: true })
      throw error
    }
    await writeFile(complete, '')
    return interpreter
  })
}

/** Where it will stand, since it knows its own place; only the file `complete` says that it is whole. */
async function make(suite: string, place: string): Promise<void> {
  await rm(place, { recursive: true, force: true })
  const [apt, root] = [join(place, 'apt'), join(place, 'root')]
  for (const folder of [apt, root]) await mkdir(folder, { recursive: true })
  await unpack(await downloadPackages({ suite, packages: [`python${recipe.version}-venv`], folder: apt }), root)
  const python = await makeRunnable(root, recipe.version)
  // The whole way of a test: it makes an environment, which has pip.
  const trial = join(place, 'trial')
  await mustRun(python, ['-m', 'venv', trial])
  await mustRun(join(trial, 'bin', 'python'), ['-m', 'pip', '--version'])
  for (const folder of [apt, trial]) await rm(folder, { recursive: true, force: true })
}

function hashOfRecipe(): string {
  const text = JSON.stringify([recipe, process.arch])
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
