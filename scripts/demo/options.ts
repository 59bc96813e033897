/** The options that may follow `npm run demo --`. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export interface DemoOptions {
  /** Cleans up at the end instead of leaving the system up. */
  exit: boolean
  /** An existing image. */
  image: { layout: string } | { docker: string } | null
}

/** `from` is the folder where the user typed; npm changes to its own. */
export function parseOptions(args: string[], from: string): DemoOptions {
  const { values } = parseArgs({
    args,
    options: { exit: { type: 'boolean' }, image: { type: 'string' }, yes: { type: 'boolean' } },
  })
  return { exit: values.exit ?? false, image: values.image === undefined ? null : imageOf(values.image, from) }
}

function imageOf(given: string, from: string): DemoOptions['image'] {
  const folder = resolve(from, given)
  return existsSync(resolve(folder, 'index.json')) ? { layout: folder } : { docker: given }
}
