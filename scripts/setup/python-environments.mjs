/** Python environments with the SDK's locked packages: each is created once and kept. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pythonInterpreters } from '../testing/python-interpreters.mjs'
import { cache, root } from './machine.mjs'
import { runProgram } from './run-program.mjs'

/** @typedef {import('../testing/python-interpreters.mjs').Interpreter} Interpreter */

/** @returns {Interpreter} */
export function newestPython() {
  const newest = pythonInterpreters().at(-1)
  if (newest === undefined) {
    throw new Error(
      'No Python from 3.10 to 3.14 that makes environments; on Debian and Ubuntu: apt-get install python3-venv',
    )
  }
  return newest
}

/**
 * The interpreter of the environment.
 * @param {Interpreter} interpreter
 * @param {'test' | 'tools'} requirements
 */
export async function sdkEnvironment({ version, path }, requirements) {
  const lock = join(root, 'python', 'fairlead_sdk', 'requirements', `${requirements}.txt`)
  const recipe = createHash('sha256').update(readFileSync(lock)).digest('hex').slice(0, 12)
  const place = join(cache, `python-sdk-${version}-${requirements}-${recipe}`)
  const python = join(place, 'bin', 'python')
  if (existsSync(join(place, 'complete'))) return python
  mkdirSync(cache, { recursive: true })
  rmSync(place, { recursive: true, force: true })
  const quietly = ['--quiet', '--disable-pip-version-check', '--no-input', '--require-hashes', '--only-binary=:all:']
  await runProgram(path, ['-m', 'venv', place])
  await runProgram(python, ['-m', 'pip', 'install', ...quietly, '-r', lock])
  writeFileSync(`${place}/complete.draft`, '')
  renameSync(`${place}/complete.draft`, join(place, 'complete'))
  return python
}
