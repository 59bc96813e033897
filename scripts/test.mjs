/**
 * `npm test`: sets a bare clone up without asking, runs unit, integration and end-to-end tests, and ends with the line
 * `N passed, N failed`. `npm test -- unit` runs one layer; what follows are names of files; `--check` runs the checks first,
 * `--all` means every layer: also Ray's own launcher, and at the end the newest engines.
 */
import { setUp, tellFailure } from './setup.mjs'
import { layers, runCheck, runLayer, usualLayers } from './testing/run-layer.mjs'
import { sum } from './testing/vitest-report.mjs'

const given = process.argv.slice(2)
const names = given.filter((word) => !word.startsWith('--'))
const everyLayer = /** @type {(keyof typeof layers)[]} */ (Object.keys(layers))
const chosen = everyLayer.filter((layer) => names.includes(layer))
const filters = names.filter((name) => !(name in layers))
/** @type {(keyof typeof layers)[]} */
const toRun = given.includes('--all') ? everyLayer : chosen.length > 0 ? chosen : [...usualLayers]
const started = performance.now()

/** @param {string} title */
function heading(title) {
  console.log(`\n=== ${title} (${((performance.now() - started) / 1000).toFixed(0)} s so far)`)
}

async function run() {
  const services = toRun.some((layer) => layer !== 'unit')
  const places = await setUp({
    yes: true,
    services,
    schemathesis: toRun.includes('api'),
    rayImage: toRun.some((layer) => ['e2e', 'launcher', 'life', 'replicas'].includes(layer)),
    engines: toRun.includes('engines'),
  })
  const counts = []
  if (given.includes('--check')) {
    heading('check')
    counts.push(await runCheck())
  }
  for (const layer of toRun) {
    heading(`${layer} tests`)
    counts.push(await runLayer(layer, filters, places))
  }
  return sum(counts)
}

/** @type {import('./testing/vitest-report.mjs').Counts} */
let total
try {
  total = await run()
} catch (error) {
  tellFailure(error)
  total = { passed: 0, failed: 1, skipped: 0 }
}
console.log(
  `\n${((performance.now() - started) / 1000).toFixed(0)} s in all${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
)
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1
