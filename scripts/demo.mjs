/**
 * `npm run demo`: sets up a bare clone, then has the Node that npm installed tell the story (scripts/demo/main.ts).
 * Plain JavaScript for Node >= 20 without node_modules.
 */
import { fileURLToPath } from 'node:url'
import { parseOptions, usage } from './demo/options.mjs'
import { setUp, tellFailure } from './setup.mjs'
import { runInForeground } from './setup/foreground.mjs'

const given = process.argv.slice(2)
const started = Date.now()

/** @type {import('./demo/options.mjs').DemoOptions} */
let options
try {
  options = parseOptions(given, process.env['INIT_CWD'] ?? process.cwd())
} catch (error) {
  console.error(`npm run demo: ${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  process.exit(2)
}
if (options.help) {
  console.log(usage)
  process.exit(0)
}
console.log('Fairlead demo: a private image on a Ray cluster of two nodes, and where its password went.\n')
/** @type {Record<string, string>} */
let places = {}
try {
  places = await setUp({ yes: options.yes, forTests: false, rayImage: options.image === null })
} catch (error) {
  process.exit(tellFailure(error))
}

runInForeground(fileURLToPath(new URL('demo/main.ts', import.meta.url)), given, {
  ...places,
  FAIRLEAD_DEMO_STARTED: String(started),
})
