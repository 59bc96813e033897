/** What may stand after `npm run demo --`. */
import { parseArgs } from 'node:util'

export interface DemoOptions {
  /** Cleans up at the end instead of leaving the system up. */
  exit: boolean
  /** An image that exists: an OCI layout's folder, or a name that the Docker of this machine knows. */
  image: string | null
}

export function parseOptions(args: string[]): DemoOptions {
  const { values } = parseArgs({
    args,
    options: { exit: { type: 'boolean' }, image: { type: 'string' }, yes: { type: 'boolean' } },
  })
  return { exit: values.exit ?? false, image: values.image ?? null }
}
