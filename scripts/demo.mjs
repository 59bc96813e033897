/**
 * `npm run demo`: sets up a bare clone, then has the Node that npm installed tell the story (scripts/demo/main.ts).
 * Plain JavaScript for Node >= 20 without node_modules.
 */
import { fileURLToPath } from 'node:url'
import { setUp, tellFailure } from './setup.mjs'
import { runInForeground } from './setup/foreground.mjs'

const given = process.argv.slice(2)
const started = Date.now()

const usage = `npm run demo [-- OPTIONS]

  --yes         installs what is missing without asking; needed where there is no terminal
  --exit        cleans up at the end, instead of leaving the system up until Ctrl-C
  --image REF   uses this image with Ray: a folder with an OCI layout, or a name that this machine's Docker knows
  --help`

if (given.includes('--help')) {
  console.log(usage)
  process.exit(0)
}
console.log('Fairlead demo: a private image on a Ray cluster of two nodes, and where its password went.\n')
/** @type {Record<string, string>} */
let places = {}
try {
  const ownImage = given.some((word) => word === '--image' || word.startsWith('--image='))
  places = await setUp({ yes: given.includes('--yes'), forTests: false, rayImage: !ownImage })
} catch (error) {
  process.exit(tellFailure(error))
}

runInForeground(fileURLToPath(new URL('demo/main.ts', import.meta.url)), given, {
  ...places,
  FAIRLEAD_DEMO_STARTED: String(started),
})
