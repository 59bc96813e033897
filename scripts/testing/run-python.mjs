/**
 * The layer of the Python SDK: its tests on every version of Python on the machine, against one stage of real services,
 * then its checks and its wheel on the newest one.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { node26, root } from '../setup/machine.mjs'
import { sdkEnvironment } from '../setup/python-environments.mjs'
import { outcomeOfJunit } from './junit-report.mjs'
import { missingVersions, pythonInterpreters } from './python-interpreters.mjs'
import { sideBySide } from './side-by-side.mjs'

/** @typedef {import('./python-interpreters.mjs').Interpreter} Interpreter */
/** @typedef {import('./vitest-report.mjs').FileOutcome} FileOutcome */

const project = join(root, 'python', 'fairlead_sdk')

/**
 * @param {string[]} filters test names, in the form that `pytest -k` takes
 * @param {number} minutes
 * @param {(text: string) => void} print
 * @returns {Promise<FileOutcome[]>}
 */
export async function runPython(filters, minutes, print) {
  show = print
  const interpreters = pythonInterpreters()
  const newest = interpreters.at(-1)
  if (newest === undefined) {
    return [
      failure(
        'No Python from 3.10 to 3.14 that makes environments; on Debian and Ubuntu: apt-get install python3-venv',
      ),
    ]
  }
  show(`Python ${interpreters.map(({ version }) => version).join(', ')}`)
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-test-'))
  const stage = startStage()
  const patience = setTimeout(() => {
    show(`the tests in Python were ended after ${minutes} minutes`)
    ended = true
    for (const child of running) child.kill('SIGTERM')
  }, minutes * 60_000)
  try {
    const told = await stage.told
    /** @type {(() => Promise<FileOutcome>)[]} */
    const runs = interpreters.map((interpreter) => () => pytest(interpreter, 'test', 'tests', filters, folder, told))
    // A filter means some tests, not every check of the sources.
    if (filters.length === 0) runs.push(() => pytest(newest, 'tools', 'checks', [], folder, told))
    // They spend most of their time waiting for the services.
    return [...(await sideBySide(2, runs)), ...missingVersions(interpreters).map(untested)]
  } catch (error) {
    return [failure(error instanceof Error ? error.message : String(error))]
  } finally {
    clearTimeout(patience)
    stage.end()
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {string} message
 * @returns {FileOutcome}
 */
function failure(message) {
  show(message)
  return { file: '', passed: 0, failed: 1, skipped: 0, failures: [{ test: 'the run', message }] }
}

/**
 * A version that is promised but was not tested is reported, and counted as skipped.
 * @param {string} version
 * @returns {FileOutcome}
 */
function untested(version) {
  show(`\nNOT TESTED on Python ${version}: there is none here that makes environments`)
  return { file: '', passed: 0, failed: 0, skipped: 1, failures: [] }
}

let ended = false
/** @type {(text: string) => void} */
let show = console.log
/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

/** The services, which end when their standard input does. */
function startStage() {
  const child = spawn(node26, [join(root, 'scripts', 'python-stage.ts')], { stdio: ['pipe', 'pipe', 'inherit'] })
  /** @type {Promise<string>} */
  const told = new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    child.once('error', reject)
    child.once('exit', () => reject(new Error('scripts/python-stage.ts ended before its services were there')))
  })
  // A caller that stopped waiting does not hear of its end either.
  told.catch(() => undefined)
  return { told, end: () => child.stdin.end() }
}

/**
 * @param {Interpreter} interpreter
 * @param {'test' | 'tools'} requirements
 * @param {'tests' | 'checks'} what
 * @param {string[]} filters
 * @param {string} folder
 * @param {string} stage
 */
async function pytest(interpreter, requirements, what, filters, folder, stage) {
  if (ended) return failure('not run: the time was over')
  const python = await sdkEnvironment(interpreter, requirements)
  const report = join(folder, `${what}-${interpreter.version}.xml`)
  const words = filters.length === 0 ? [] : ['-k', filters.join(' or ')]
  const env = {
    ...process.env,
    FAIRLEAD_PYTHON_STAGE: stage,
    PYTHONPATH: join(project, 'src'),
    PYTHONDONTWRITEBYTECODE: '1',
  }
  const title = `${what} on Python ${interpreter.version}`
  const status = await run(python, ['-m', 'pytest', what, `--junitxml=${report}`, ...words], env, `\n--- ${title}\n`)
  return outcomeOfJunit(report, status, title)
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {string} [title] shown, with all its output, once it has ended
 * @returns {Promise<number>}
 */
function run(program, args, env, title = '') {
  const child = spawn(program, args, { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  let printed = title
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      printed += text
    })
  }
  return new Promise((resolve) => {
    child.on('error', (error) => {
      printed += `${error.message}\n`
      resolve(127)
    })
    child.on('close', (status) => {
      running.delete(child)
      show(printed.trimEnd())
      resolve(status ?? 1)
    })
  })
}
