/** Makes node_modules match package-lock.json: checks first, so that a second start installs nothing. */
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { node26, root } from './machine.mjs'
import { runProgram } from './run-program.mjs'

/** npm keeps a hidden lock file of what it installed; any difference between the two is missing or outdated. */
export function npmIsNeeded(folder = root) {
  const wanted = readLock(join(folder, 'package-lock.json'))
  const found = readLock(join(folder, 'node_modules', '.package-lock.json'))
  if (wanted === undefined || found === undefined) return true
  if (folder === root && !existsSync(node26)) return true
  return Object.entries(wanted).some(([path, entry]) => {
    if (!path.includes('node_modules/')) return false
    const installed = found[path]
    // Optional packages may be for other machines and missing here; an installed one must be the right one.
    if (installed === undefined) return !entry.optional
    return installed.version !== entry.version || installed.integrity !== entry.integrity
  })
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean }> | undefined}
 */
function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch (error) {
    if (error instanceof SyntaxError || !existsSync(file)) return undefined
    throw error
  }
}

/** The documentation site has packages of its own, which nothing else needs. */
export const siteFolder = join(root, 'site')

/** @param {string} [folder] */
export async function installNpmPackages(folder = root) {
  // npm must not run on the Node that it is about to replace.
  const ownBin = join(root, 'node_modules', '.bin')
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ownBin)
  await runProgram('npm', ['ci', '--no-progress'], {
    cwd: folder,
    env: { ...process.env, PATH: path.join(delimiter) },
  })
}
