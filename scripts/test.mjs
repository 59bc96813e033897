/**
 * `npm test`: sets a bare clone up without asking, runs unit, integration and end-to-end tests, tells once more what failed, and ends
 * with the line `N passed, N failed`. `npm test -- unit` runs one layer; what follows are names of files; `--check` runs the checks first,
 * `--all` means every layer: also Ray's own launcher, and at the end the newest engines.
 */
import { setUp, tellFailure } from './setup.mjs'
import { layers, runCheck, runLayer, usualLayers } from './testing/run-layer.mjs'
import { failuresAsText } from './testing/tell-failures.mjs'
import { sum } from './testing/vitest-report.mjs'

const given = process.argv.slice(2)
const names = given.filter((word) => !word.startsWith('--'))
const everyLayer = /** @type {(keyof typeof layers)[]} */ (Object.keys(layers))
const chosen = everyLayer.filter((layer) => names.includes(layer))
const filters = names.filter((name) => !(name in layers))
/** @type {(keyof typeof layers)[]} */
const toRun = given.includes('--all') ? everyLayer : chosen.length > 0 ? chosen : [...usualLayers]
const started = performance.now()

/** @type {string[]} what is told once more at the end */
const failures = []
let atFirstOnly = 0

async function run() {
  const services = toRun.some((layer) => layer !== 'unit')
  const places = await setUp({
    yes: true,
    services,
    schemathesis: toRun.includes('api'),
    newestPython: toRun.includes('python'),
    nodeArm64: toRun.includes('e2e'),
    rayImage: toRun.some((layer) => ['e2e', 'clusters'].includes(layer)),
    engines: toRun.includes('engines'),
  })
  const counts = []
  if (given.includes('--check'))
    counts.push(await count('check', () => runCheck({ unitTests: !toRun.includes('unit') })))
  for (const layer of toRun) counts.push(await count(layer, () => runLayer(layer, filters, places)))
  return sum(counts)
}

/**
 * @param {string} layer
 * @param {() => Promise<import('./testing/run-layer.mjs').LayerOutcome>} running
 */
async function count(layer, running) {
  console.log(`\n=== ${layer} (${seconds()} s so far)`)
  const { outcomes, unsteady } = await running()
  atFirstOnly += unsteady.reduce((sum, file) => sum + file.failures.length, 0)
  failures.push(
    ...failuresAsText(layer, 'failed at the first look only', unsteady),
    ...failuresAsText(layer, 'failed', outcomes),
  )
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
