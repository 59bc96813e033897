/**
 * Where Debian's packages come from: the archive that the environment names, such as a mirror or a snapshot, or the one that this machine's
 * own apt asks. Pure.
 */

export interface DebianArchive {
  readonly packages: string
  readonly security: string
  /** Of one moment: its lists say that they are out of date, and its packages stay the same. */
  readonly isSnapshot: boolean
}

/** The variable that names it: `https://HOST/debian`, or a snapshot such as `https://HOST/archive/debian/20261101T000000Z`. */
export const archiveVariable = 'FAIRLEAD_DEBIAN_ARCHIVE'

/** Null if `given` is empty, as a variable of a workflow is that nobody has set. Security updates are in the folder next to it. */
export function archiveAt(given: string): DebianArchive | null {
  if (given === '') return null
  const packages = given.replace(/\/$/, '')
  const found = /^https?:\/\/[^\s\]]+\/debian(\/\d{8}T\d{6}Z)?$/.exec(packages)
  if (found === null)
    throw new Error(`${archiveVariable} is not a URL that ends in /debian or /debian/20261101T000000Z`)
  const snapshot = found[1] ?? ''
  const security = `${packages.slice(0, packages.length - snapshot.length)}-security${snapshot}`
  return { packages, security, isSnapshot: snapshot !== '' }
}

/**
 * `osRelease` is the text of /etc/os-release, `printed` that of `apt-get update --print-uris`. Others serve packages under a release's name as
 * well; its updates are in Debian's own archive alone.
 */
export function archiveOfMachine(osRelease: string, printed: string): DebianArchive {
  const settings = new Map(
    Array.from(osRelease.matchAll(/^(\w+)="?([^"\n]*)"?$/gm), ([, name, value]) => [name, value]),
  )
  const codename = settings.get('VERSION_CODENAME')
  const archives = Array.from(printed.matchAll(/^'(\S+)\/dists\/(\S+)\/InRelease'/gm), ([, archive = '', suite]) => ({
    archive,
    suite,
  }))
  const serving = (suite: string) => archives.find((one) => one.suite === suite)?.archive
  const packages = serving(`${codename}-updates`)
  const security = serving(`${codename}-security`)
  if (settings.get('ID') !== 'debian' || packages === undefined || security === undefined) {
    throw new Error(`this machine's apt has no archive of Debian: set ${archiveVariable} to the URL of one`)
  }
  return { packages, security, isSnapshot: false }
}
