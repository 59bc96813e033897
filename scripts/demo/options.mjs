/** The options that may follow `npm run demo --`. Plain JavaScript: they are read before anything is installed. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export const usage = `npm run demo [-- OPTIONS]

  --yes         installs what is missing without asking; needed where there is no terminal
  --exit        cleans up at the end, instead of leaving the system up until Ctrl-C
  --image REF   uses this image with Ray: a folder with an OCI layout, or a name that this machine's Docker knows
  --help`

/**
 * @typedef {object} DemoOptions
 * @property {boolean} help
 * @property {boolean} yes installs without asking
 * @property {boolean} exit cleans up at the end instead of leaving the system up
 * @property {{ layout: string } | { docker: string } | null} image an existing image
 */

/**
 * @param {string[]} args
 * @param {string} from the folder where the user typed; npm changes to its own
 * @returns {DemoOptions}
 */
export function parseOptions(args, from) {
  const flag = /** @type {const} */ ({ type: 'boolean', default: false })
  const { values } = parseArgs({ args, options: { help: flag, yes: flag, exit: flag, image: { type: 'string' } } })
  const { help, yes, exit, image } = values
  return { help, yes, exit, image: image === undefined ? null : imageOf(image, from) }
}

/**
 * @param {string} given
 * @param {string} from
 * @returns {DemoOptions['image']}
 */
function imageOf(given, from) {
  const folder = resolve(from, given)
  return existsSync(resolve(folder, 'index.json')) ? { layout: folder } : { docker: given }
}
