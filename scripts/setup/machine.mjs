/** Whether this machine can run Fairlead's services at all. Plain JavaScript: it runs on whatever Node is installed. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of this clone. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** What setup makes and keeps; git ignores it. */
export const cache = join(root, '.cache')

/** The Node that the sources need, once npm has installed it. */
export const node26 = join(root, 'node_modules', '.bin', 'node')

/** A problem that only the user can fix; its message is all that they need to see. */
export class CannotSetUp extends Error {}

export function refuseOtherSystems() {
  if (process.platform !== 'linux') {
    throw new CannotSetUp(
      'Linux only: each node of the demo is a Docker Engine in its own network namespace, which macOS and Windows do not have; use a Linux machine or virtual machine.',
    )
  }
  if (Number.parseInt(process.versions.node, 10) < 20) {
    throw new CannotSetUp(`Node 20 or newer is needed to start; this is ${process.versions.node}.`)
  }
}

export function isRoot() {
  return process.getuid?.() === 0
}

/**
 * Root's programs are found too where a user's PATH leaves their folders out.
 * @param {string} name
 */
export function hasCommand(name) {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin', '/usr/bin']
  return folders.some((folder) => folder !== '' && existsSync(join(folder, name)))
}
