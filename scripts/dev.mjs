/**
 * `npm run dev`: sets up a bare clone, then starts everything from its sources (scripts/dev.ts).
 * Plain JavaScript for Node >= 20 without node_modules.
 */
import { fileURLToPath } from 'node:url'
import { setUp, tellFailure } from './setup.mjs'
import { runInForeground } from './setup/foreground.mjs'

const given = new Set(process.argv.slice(2))

const usage = `npm run dev [-- --yes]

Starts a private registry, a control plane, two nodes and the console from the sources. A saved file reloads the console, or restarts the
processes that run it. Ctrl-C ends everything.

  --yes   installs what is missing without asking; needed where there is no terminal
  --help`

if (given.has('--help')) {
  console.log(usage)
  process.exit(0)
}
try {
  const places = await setUp({ yes: given.has('--yes'), forTests: false, rayImage: false, webConsole: false })
  runInForeground(fileURLToPath(new URL('dev.ts', import.meta.url)), [], places)
} catch (error) {
  process.exit(tellFailure(error))
}
