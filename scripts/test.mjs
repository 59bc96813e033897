/**
 * `npm test`: sets up a bare clone without asking, runs unit, integration and end-to-end tests, two layers at a time, repeats failures
 * at the end, and ends with the line `N passed, N failed`. `npm test -- --help` lists its arguments.
 */
import { setUp, tellFailure } from './setup.mjs'
import { makeRelease } from './setup/parts.mjs'
import { layers, runCheck, runLayer } from './testing/run-layer.mjs'
import { settle, toSeeAgain } from './testing/second-look.mjs'
import { sideBySide } from './testing/side-by-side.mjs'
import { failuresAsText } from './testing/tell-failures.mjs'
import { readTestOptions, testFiles, usage } from './testing/test-options.mjs'
import { sum } from './testing/vitest-report.mjs'

/** @type {ReturnType<typeof readTestOptions>} */
let options
try {
  options = readTestOptions(process.argv.slice(2), testFiles)
} catch (error) {
  console.error(`npm test: ${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  process.exit(2)
}
if (options === null) {
  process.stdout.write(usage)
  process.exit(0)
}
const { layers: toRun, filters, check } = options
const started = performance.now()

/**
 * What is published, for the layers that use it. Made when the first of them begins: set-up would keep one processor waiting.
 * @type {Promise<string> | undefined}
 */
let release

/**
 * @param {import('./testing/run-layer.mjs').LayerName} layer
 * @param {Record<string, string>} places
 * @returns {Promise<Record<string, string>>}
 */
async function placesOf(layer, places) {
  if (!toRun.includes('release') || !['machines', 'engines', 'kubernetes', 'release'].includes(layer)) return places
  return { ...places, FAIRLEAD_RELEASE: await (release ??= makeRelease()) }
}

/**
 * @param {import('./testing/run-layer.mjs').LayerName} layer
 * @param {string[]} filters
 * @param {Record<string, string>} places
 * @param {string} [label]
 * @returns {Promise<import('./testing/vitest-report.mjs').FileOutcome[]>}
 */
async function look(layer, filters, places, label) {
  try {
    return await runLayer(layer, filters, await placesOf(layer, places), label)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return [{ file: '', passed: 0, failed: 1, skipped: 0, failures: [{ test: 'the run', message }] }]
  }
}

/** @type {string[]} what is repeated at the end */
const failures = []
let atFirstOnly = 0

async function run() {
  const services = toRun.some((layer) => layer !== 'unit')
  const places = await setUp({
    yes: true,
    services,
    schemathesis: toRun.includes('api'),
    site: toRun.includes('api'),
    nodeArm64: toRun.includes('machines'),
    rayImage: toRun.some((layer) => ['e2e', 'machines', 'clusters', 'kubernetes'].includes(layer)),
    program: process.env['FAIRLEAD_PROGRAM'] === undefined && toRun.some((layer) => layers[layer].built),
    engines: toRun.some((layer) => ['engines', 'kubernetes'].includes(layer)),
    kubernetes: toRun.includes('kubernetes'),
    release: toRun.includes('release'),
  })
  const counts = []
  if (check) {
    console.log(`\n=== check (${seconds()} s so far)`)
    counts.push(account('check', await runCheck({ unitTests: !toRun.includes('unit') })))
  }
  const firstLooks = await sideBySide(
    2,
    toRun.map((layer) => () => firstLook(layer, places)),
  )
  // Separately, after all others.
  for (const { layer, outcomes } of firstLooks) counts.push(account(layer, await secondLook(layer, outcomes, places)))
  return sum(counts)
}

/**
 * @param {import('./testing/run-layer.mjs').LayerName} layer
 * @param {Record<string, string>} places
 */
async function firstLook(layer, places) {
  console.log(`\n=== ${layer} (${seconds()} s so far)`)
  const outcomes = await look(layer, filters, places, toRun.length > 1 ? layer : '')
  const { passed, failed } = sum(outcomes)
  if (toRun.length > 1)
    console.log(`\n=== ${layer} has ended (${seconds()} s so far): ${passed} passed, ${failed} failed`)
  return { layer, outcomes }
}

/**
 * A test without services has no excuse: it fails for a reason, if only for one input in a thousand.
 * @param {import('./testing/run-layer.mjs').LayerName} layer
 * @param {import('./testing/vitest-report.mjs').FileOutcome[]} first
 * @param {Record<string, string>} places
 */
async function secondLook(layer, first, places) {
  const again = layer === 'unit' || layer === 'python' ? [] : toSeeAgain(first)
  const second = []
  for (const file of again) {
    console.log(`\n=== a second look, alone: ${file} (${seconds()} s so far)`)
    second.push(...(await look(layer, [file], places)))
  }
  const { outcomes, unsteady } = settle(first, second)
  atFirstOnly += unsteady.reduce((sum, { failures }) => sum + failures.length, 0)
  failures.push(...failuresAsText(layer, 'failed at the first look only', unsteady))
  return outcomes
}

/**
 * @param {string} layer
 * @param {import('./testing/vitest-report.mjs').FileOutcome[]} outcomes
 */
function account(layer, outcomes) {
  failures.push(...failuresAsText(layer, 'failed', outcomes))
  return sum(outcomes)
}

/**
 * @param {number} count
 * @param {string} what
 */
function told(count, what) {
  return count > 0 ? [`${count} ${what}`] : []
}

function seconds() {
  return ((performance.now() - started) / 1000).toFixed(0)
}

/** @type {import('./testing/vitest-report.mjs').Counts} */
let total
try {
  total = await run()
} catch (error) {
  tellFailure(error)
  total = { passed: 0, failed: 1, skipped: 0 }
}
const beside = [...told(total.skipped, 'skipped'), ...told(atFirstOnly, 'failed at the first look only')]
console.log(`\n${[`${seconds()} s in all`, ...beside].join(', ')}`)
for (const failure of failures) console.log(`\n${failure}`)
console.log(`${failures.length > 0 ? '\n' : ''}${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1
