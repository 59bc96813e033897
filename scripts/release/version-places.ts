/** Every place in the repository that has the version of Fairlead. Pure: from the texts of files to their new texts. */

/** File name patterns, from the root of the repository. */
export const versionPlaces = [
  'package.json',
  '{packages/*,e2e,bench}/package.json',
  'package-lock.json',
  'packages/contract/src/release.ts',
  'packages/contract/openapi.json',
  'python/fairlead_sdk/src/fairlead_sdk/version.py',
  'deploy/helm/fairlead/Chart.yaml',
] as const

/** What Semantic Versioning allows here: three numbers, and `-rc.1` for a release candidate. */
export const versionPattern = /^\d+\.\d+\.\d+(?:-rc\.\d+)?$/

/** The same text with `version` in each of its places. */
export function withVersion(path: string, text: string, version: string): string {
  if (!versionPattern.test(version)) throw new Error('a version is three numbers, such as 0.2.0, or 0.2.0-rc.1')
  if (path.endsWith('package-lock.json')) return lockWith(text, version)
  if (path.endsWith('openapi.json')) return text.replace(/("info": \{[^{}]*?"version": ")[^"]+/, `$1${version}`)
  if (path.endsWith('Chart.yaml')) return text.replaceAll(/^((?:version|appVersion): ).+/gm, `$1${version}`)
  if (path.endsWith('release.ts')) return text.replace(/(export const version = ')[^']+/, `$1${version}`)
  if (path.endsWith('version.py')) return text.replace(/(__version__ = ")[^"]+/, `$1${pythonVersion(version)}`)
  return text
    .replace(/^( {2}"version": ")[^"]+/m, `$1${version}`)
    .replaceAll(/("@fairlead\/[a-z-]+": ")\d[^"]*/g, `$1${version}`)
}

/** PEP 440 writes a candidate in its own way. */
export const pythonVersion = (version: string): string => version.replace('-rc.', 'rc')

interface LockedPackage {
  version?: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

function lockWith(text: string, version: string): string {
  const lock = JSON.parse(text) as { version?: string; packages: Record<string, LockedPackage> }
  lock.version = version
  for (const [path, locked] of Object.entries(lock.packages)) {
    if (path.startsWith('node_modules/')) continue
    locked.version = version
    for (const names of [locked.dependencies, locked.devDependencies]) {
      for (const name of Object.keys(names ?? {})) if (name.startsWith('@fairlead/')) names![name] = version
    }
  }
  return `${JSON.stringify(lock, null, 2)}\n`
}
