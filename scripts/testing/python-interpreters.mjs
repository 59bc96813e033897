/** The Python versions that the SDK supports, as far as installed here: one interpreter for each, oldest first. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const versions = ['3.10', '3.11', '3.12', '3.13', '3.14']

/** @typedef {{ version: string, path: string }} Interpreter */

/** @returns {Interpreter[]} */
export function pythonInterpreters() {
  const places = folders()
  return versions.flatMap((version) => {
    const candidates = places.map((folder) => join(folder, `python${version}`))
    for (const path of candidates) {
      const full = existsSync(path) ? fullVersion(path) : null
      if (full?.startsWith(`${version}.`)) return [{ version: full, path }]
    }
    return []
  })
}

/**
 * The versions that no test will run on.
 * @param {Interpreter[]} interpreters
 */
export function missingVersions(interpreters) {
  return versions.filter((version) => !interpreters.some((found) => found.version.startsWith(`${version}.`)))
}

/** On the PATH, and where pyenv and uv keep theirs. */
function folders() {
  const kept = [join(homedir(), '.pyenv', 'versions'), join(homedir(), '.local', 'share', 'uv', 'python')]
  return [
    ...(process.env['PATH'] ?? '').split(':').filter((folder) => folder !== ''),
    ...kept.flatMap((place) => (existsSync(place) ? readdirSync(place).map((name) => join(place, name, 'bin')) : [])),
    '/usr/bin',
    '/usr/local/bin',
  ]
}

/**
 * Null for anything but a complete Python: a shim of a disabled version, or one that cannot create environments.
 * @param {string} path
 */
function fullVersion(path) {
  const script = 'import ensurepip, venv, ssl, platform; print(platform.python_version())'
  const { status, stdout } = spawnSync(path, ['-c', script], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : null
}
