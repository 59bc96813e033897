/** The archive of Debian that this machine's own apt uses: a mirror of its owner is asked for other releases too. */
import { readFile } from 'node:fs/promises'
import { mustRun } from '../command.ts'

export async function ownArchive(): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8')
  const codename = /^VERSION_CODENAME=(.+)$/m.exec(release)?.[1] ?? ''
  const archive = archiveIn(await mustRun('apt-get', ['update', '--print-uris']), codename)
  if (archive === null) throw new Error('the apt of this machine knows no archive of its release')
  return archive
}

/**
 * In what `apt-get update --print-uris` prints. Others serve packages for a release under its name as well; its updates are in the release's
 * own archive alone.
 */
export function archiveIn(printed: string, codename: string): string | null {
  const indexes = printed.matchAll(/^'(\S+)\/dists\/(\S+)\/InRelease'/gm)
  const archives = [...indexes].map(([, archive = '', suite]) => ({ archive, suite }))
  const ofSuite = (name: string) => archives.find(({ suite }) => suite === name)?.archive
  return ofSuite(`${codename}-updates`) ?? ofSuite(codename) ?? null
}
