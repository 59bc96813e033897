/**
 * Packages of another release of Debian with all that they need, by an apt that has its own state: it knows nothing of what is installed, and
 * takes nothing that Debian's keys do not vouch for.
 */
import { readdir, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mustRun } from '../command.ts'
import { ownArchive } from './own-archive.ts'

export interface DebianPackages {
  readonly suite: string
  readonly packages: readonly string[]
  /** For apt's state; empty. */
  readonly folder: string
}

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** The files of the packages. */
export async function downloadPackages({ suite, packages, folder }: DebianPackages): Promise<string[]> {
  const archives = join(folder, 'cache', 'archives')
  for (const path of ['lists/partial', 'cache/archives/partial', 'none']) {
    await mkdir(join(folder, path), { recursive: true })
  }
  const configuration = join(folder, 'apt.conf')
  await writeFile(join(folder, 'status'), '')
  await writeFile(join(folder, 'sources.list'), `deb [signed-by=${keyring}] ${await ownArchive()} ${suite} main\n`)
  await writeFile(configuration, aptConfiguration(folder))
  await mustRun('apt-get', ['update', '-q', '-c', configuration], { timeoutMs: 120_000 })
  const quietly = ['-q', '-y', '--download-only', '--no-install-recommends']
  await mustRun('apt-get', ['install', ...quietly, '-c', configuration, ...packages], { timeoutMs: 180_000 })
  return (await readdir(archives)).filter((name) => name.endsWith('.deb')).map((name) => join(archives, name))
}

export async function unpack(files: readonly string[], root: string): Promise<void> {
  for (const file of files) await mustRun('dpkg-deb', ['-x', file, root])
}

/** Read after the machine's own, which stays in force, such as its proxy; what says where things are does not. */
function aptConfiguration(folder: string): string {
  const settings = {
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': join(folder, 'none'),
    'Dir::Etc::preferences': join(folder, 'none', 'preferences'),
    'Dir::Etc::preferencesparts': join(folder, 'none'),
    'Dir::State': folder,
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    'Dir::Cache::archives': join(folder, 'cache', 'archives'),
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::AllowInsecureRepositories': 'false',
    'APT::Get::AllowUnauthenticated': 'false',
    // Its own user could not look into a folder below root's home.
    'APT::Sandbox::User': 'root',
    'Debug::NoLocking': 'true',
  }
  // What else happens after an update is for the machine's own packages.
  const hooks = ['APT::Update::Post-Invoke', 'APT::Update::Post-Invoke-Success', 'DPkg::Post-Invoke']
  return [
    ...hooks.map((name) => `#clear ${name};`),
    ...Object.entries(settings).map(([name, value]) => `${name} "${value}";`),
  ]
    .map((line) => `${line}\n`)
    .join('')
}
