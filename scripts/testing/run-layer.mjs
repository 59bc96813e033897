/** Runs one layer of tests with its output shown; a layer that hangs is ended and counts as failed. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from '../setup/machine.mjs'
import { runPython } from './run-python.mjs'
import { outcomesOf } from './vitest-report.mjs'

/** @typedef {import('./vitest-report.mjs').FileOutcome} FileOutcome */

const bin = join(root, 'node_modules', '.bin')

/** @typedef {'unit' | 'console' | 'e2e' | 'integration' | 'machines' | 'clusters' | 'python' | 'testkit' | 'replicas' | 'api' | 'engines' | 'kubernetes' | 'release' | 'chaos'} LayerName */

/**
 * Two run at a time and start in this order, the longest first. `minutes` is the time limit; `usual` layers run if none is named; those
 * with `built` start the command again and again, and start it as it is installed: from the sources each start takes twice the processor time.
 * @type {Record<LayerName, { minutes: number, usual?: true, built?: true }>}
 */
export const layers = {
  unit: { minutes: 10, usual: true },
  console: { minutes: 30, built: true },
  e2e: { minutes: 25, usual: true, built: true },
  integration: { minutes: 25, usual: true, built: true },
  clusters: { minutes: 20, built: true },
  machines: { minutes: 20, built: true },
  engines: { minutes: 15, built: true },
  kubernetes: { minutes: 15, built: true },
  // As many as `npm run test:chaos` may take.
  chaos: { minutes: 180, built: true },
  api: { minutes: 15 },
  python: { minutes: 15 },
  replicas: { minutes: 15, built: true },
  testkit: { minutes: 10, built: true },
  release: { minutes: 10 },
}

/**
 * @param {LayerName} layer
 * @param {string[]} filters file names, as vitest accepts them
 * @param {Record<string, string>} places where setup put what the tests need
 * @param {string} [label] before each line of output, if another layer runs at the same time
 * @returns {Promise<FileOutcome[]>}
 */
export function runLayer(layer, filters, places, label = '') {
  return layer === 'python'
    ? runPython(filters, layers.python.minutes, (text) => console.log(labelled(label, text)))
    : runVitest(layer, filters, places, label)
}

/**
 * @param {LayerName} layer
 * @param {string[]} filters
 * @param {Record<string, string>} places
 * @param {string} label
 */
async function runVitest(layer, filters, places, label) {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-test-'))
  const file = join(folder, 'report.json')
  // Needed by several files and made by one.
  const shared = join(folder, 'shared')
  mkdirSync(shared)
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    // A layer may have parts: `console-loopback`.
    const command = [join(bin, 'vitest'), 'run', '--project', `${layer}*`, ...reporters, ...filters]
    const env = { ...environmentOf(layer, places), FAIRLEAD_TEST_SHARED: shared }
    const status = await show(layer === 'console' ? onOwnNetwork(command) : command, layers[layer].minutes, env, label)
    return outcomesOf(file, status, root)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @type {ReadonlySet<LayerName>} */
const onNewestEngines = new Set(['engines', 'kubernetes'])

/**
 * Two layers are for the newest engines; the others run on the machine's engine, or on the one that the user names.
 * @param {LayerName} layer
 * @param {Record<string, string>} places
 * @returns {Record<string, string>}
 */
function environmentOf(layer, { FAIRLEAD_NEWEST_ENGINES: engines, FAIRLEAD_PROGRAM: program, ...places }) {
  return {
    ...places,
    ...(onNewestEngines.has(layer) && engines !== undefined && { FAIRLEAD_ENGINE_BIN: engines }),
    ...(layers[layer].built && program !== undefined && { FAIRLEAD_PROGRAM: program }),
  }
}

/**
 * A browser on this host aborts its loading at any change of the host's networks, and other layers create networks.
 * @param {string[]} command
 */
function onOwnNetwork(command) {
  return ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', ...command]
}

/**
 * `npm run check`, counted as one test.
 * @param {{ unitTests: boolean }} parts false if a layer of the same run has them
 * @returns {Promise<FileOutcome[]>}
 */
export async function runCheck({ unitTests }) {
  const command = [join(bin, 'node'), join(root, 'scripts', 'check.ts'), ...(unitTests ? [] : ['--no-unit-tests'])]
  const status = await show(command, layers.unit.minutes, {}, '')
  const failures = status === 0 ? [] : [{ test: 'npm run check', message: 'the failed parts are above, after FAIL' }]
  const failed = failures.length
  return [{ file: '', passed: 1 - failed, failed, skipped: 0, failures }]
}

/**
 * The exit code of a command, which finds the Node in node_modules/.bin first: 26.
 * @param {string[]} command
 * @param {number} minutes
 * @param {Record<string, string>} places
 * @param {string} label
 * @returns {Promise<number>}
 */
async function show([program = '', ...args], minutes, places, label) {
  const path = [bin, process.env['PATH'] ?? ''].join(delimiter)
  const inColour = process.stdout.isTTY && !process.env['NO_COLOR'] ? { FORCE_COLOR: '1' } : {}
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, ...(label !== '' && inColour), ...places, PATH: path },
    stdio: label === '' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', (line) => console.log(labelled(label, line)))
  }
  const patience = setTimeout(() => {
    console.error(labelled(label, `ended after ${minutes} minutes`))
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), 20_000).unref()
  }, minutes * 60_000)
  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(labelled(label, error.message))
      resolve(127)
    })
    child.on('exit', (status) => resolve(status ?? 1))
  })
  const closed = new Promise((resolve) => child.on('close', resolve))
  const status = await ended
  clearTimeout(patience)
  // Its last lines; processes that it left running may keep the pipe open.
  await Promise.race([closed, sleep(1000)])
  return status
}

/**
 * @param {string} label
 * @param {string} text
 */
function labelled(label, text) {
  return label === '' ? text : text.replaceAll(/^/gm, `${label.padEnd(11)} | `)
}
