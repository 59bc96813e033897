/** Runs one layer of tests with its output shown, and counts it; a layer that hangs is ended and counts as failed. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { root } from '../setup/machine.mjs'
import { runPython } from './run-python.mjs'
import { settle, toSeeAgain } from './second-look.mjs'
import { outcomesOf } from './vitest-report.mjs'

/** @typedef {import('./vitest-report.mjs').FileOutcome} FileOutcome */
/** @typedef {{ outcomes: FileOutcome[], unsteady: FileOutcome[] }} LayerOutcome */

const bin = join(root, 'node_modules', '.bin')

/** How long each layer may take at most, in minutes. */
export const layers = {
  unit: 5,
  integration: 25,
  e2e: 25,
  console: 30,
  python: 15,
  clusters: 12,
  replicas: 10,
  api: 10,
  engines: 10,
}

/** What runs where no layer is named, within a quarter of an hour. */
export const usualLayers = /** @type {const} */ (['unit', 'integration', 'e2e'])

/**
 * @param {keyof typeof layers} layer
 * @param {string[]} filters names of files, as vitest takes them
 * @param {Record<string, string>} places where the setup put what the tests need
 * @returns {Promise<LayerOutcome>}
 */
export async function runLayer(layer, filters, places) {
  if (layer === 'python') return { outcomes: await runPython(filters, layers.python, places), unsteady: [] }
  const first = await runVitest(layer, filters, places)
  // What needs no service has no excuse: it fails for a reason, if only for one input in a thousand.
  const again = layer === 'unit' ? [] : toSeeAgain(first)
  if (again.length === 0) return { outcomes: first, unsteady: [] }
  console.log(`\n=== a second look: ${again.join(', ')}`)
  return settle(first, await runVitest(layer, again, places))
}

/**
 * @param {keyof typeof layers} layer
 * @param {string[]} filters
 * @param {Record<string, string>} places
 */
async function runVitest(layer, filters, places) {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-test-'))
  const file = join(folder, 'report.json')
  // What several files need and one makes.
  const shared = join(folder, 'shared')
  mkdirSync(shared)
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    // A layer may have parts: `console-loopback`.
    const status = await show('vitest', ['run', '--project', `${layer}*`, ...reporters, ...filters], layers[layer], {
      ...environmentOf(layer, places),
      FAIRLEAD_TEST_SHARED: shared,
    })
    return outcomesOf(file, status, root)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * One layer is for the newest engines; the others run on that of the machine, or on the one that the user names.
 * @param {keyof typeof layers} layer
 * @param {Record<string, string>} places
 * @returns {Record<string, string>}
 */
function environmentOf(layer, { FAIRLEAD_NEWEST_ENGINES: engines, ...places }) {
  return layer === 'engines' && engines !== undefined ? { ...places, FAIRLEAD_ENGINE_BIN: engines } : places
}

/**
 * `npm run check`, counted as one test.
 * @param {{ unitTests: boolean }} parts false where a layer of the same run has them
 * @returns {Promise<LayerOutcome>}
 */
export async function runCheck({ unitTests }) {
  const args = [join(root, 'scripts', 'check.ts'), ...(unitTests ? [] : ['--no-unit-tests'])]
  const status = await show('node', args, layers.unit, {})
  const failures = status === 0 ? [] : [{ test: 'npm run check', message: 'its parts are told above, by FAIL' }]
  const failed = failures.length
  return { outcomes: [{ file: '', passed: 1 - failed, failed, skipped: 0, failures }], unsteady: [] }
}

/**
 * The exit code of a program of node_modules/.bin, which runs on the Node that is there: 26.
 * @param {string} command
 * @param {string[]} args
 * @param {number} minutes
 * @param {Record<string, string>} places
 * @returns {Promise<number>}
 */
function show(command, args, minutes, places) {
  const path = [bin, process.env['PATH'] ?? ''].join(delimiter)
  const child = spawn(join(bin, command), args, {
    cwd: root,
    env: { ...process.env, ...places, PATH: path },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const patience = setTimeout(() => {
    console.error(`${command} was ended after ${minutes} minutes`)
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), 20_000).unref()
  }, minutes * 60_000)
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(error.message)
      resolve(127)
    })
    child.on('exit', (status) => {
      clearTimeout(patience)
      resolve(status ?? 1)
    })
  })
}
