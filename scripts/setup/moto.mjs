/** moto, which plays AWS Secrets Manager, in a Python environment of its own. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cache } from './machine.mjs'
import { runProgram } from './run-program.mjs'

const requirement = 'moto[server]==5.2.5'
const folder = join(cache, 'moto')
/** Written last: a venv without it was left half made. */
const mark = join(folder, 'made-of')

export function motoIsNeeded() {
  return !existsSync(join(folder, 'bin', 'python')) || !existsSync(mark) || readFileSync(mark, 'utf8') !== requirement
}

export async function installMoto() {
  rmSync(folder, { recursive: true, force: true })
  await runProgram('/usr/bin/python3', ['-m', 'venv', folder])
  const quiet = ['--disable-pip-version-check', '--no-input', '--progress-bar', 'off']
  await runProgram(join(folder, 'bin', 'pip'), ['install', ...quiet, requirement])
  writeFileSync(mark, requirement)
}
