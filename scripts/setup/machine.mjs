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
  const refusal = refusalOf(process.platform, process.versions.node)
  if (refusal !== null) throw new CannotSetUp(refusal)
}

/** @type {Partial<Record<NodeJS.Platform, string>>} */
const linuxOn = {
  darwin: 'On macOS, use a virtual machine with Debian or Ubuntu (Lima, Multipass and UTM make one)',
  win32: 'On Windows, use WSL 2 with Debian or Ubuntu (`wsl --install`)',
}

/**
 * What a user of another system can do instead; null: nothing is in the way.
 * @param {NodeJS.Platform} platform
 * @param {string} nodeVersion
 */
export function refusalOf(platform, nodeVersion) {
  if (platform !== 'linux') {
    return [
      'This needs Linux: each node of the demo is a Docker Engine in its own network namespace.',
      `${linuxOn[platform] ?? 'Use a Linux machine or virtual machine'}; clone this repository there, and run the same command as root.`,
      'To see it without Linux: README.md has a recording, and docs/tutorial.md explains each step.',
    ].join('\n')
  }
  return Number.parseInt(nodeVersion, 10) < 20 ? `Node 20 or newer is needed to start; this is ${nodeVersion}.` : null
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
