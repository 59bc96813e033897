/**
 * The root file system below our images: Debian's packages, unpacked and not installed, so that there is no shell and any architecture can
 * be made anywhere. An apt with its own state fetches them and accepts nothing without Debian's signature.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { keptFolder } from '../../../packages/testkit/src/kept-folder.ts'
import { runProgram } from '../../setup/run-program.mjs'
import { inRepository } from '../../building/programs.ts'
import type { Part } from '../parts.ts'
import { archiveAt, archiveOfMachine, archiveVariable, type DebianArchive } from './debian-archive.ts'

const suite = 'trixie'
/** What Node links, the authorities of public servers, and the file that says which Debian this is. */
const packages = ['base-files', 'ca-certificates', 'libatomic1', 'libc6', 'libgcc-s1', 'libstdc++6'] as const
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** Unpacks them into `root`, which is empty; returns what they are. */
export async function unpackDebian(architecture: string, root: string): Promise<readonly Part[]> {
  const archive = archiveAt(process.env[archiveVariable] ?? '')
  // Kept, so that a second image of a machine is made from the same ones, without a network.
  const place = inRepository(`.cache/debian-${suite}-${architecture}${archive === null ? '' : `-${nameOf(archive)}`}`)
  const folder = await keptFolder(place, async (draft) => {
    await download(architecture, archive ?? (await ownArchive()), draft)
  })
  const files = (await readdir(folder)).filter((name) => name.endsWith('.deb')).sort()
  for (const file of files) await runProgram('dpkg-deb', ['--extract', join(folder, file), root])
  await trim(root)
  await writeAuthorities(root)
  return files.map((file) => partOf(file))
}

const nameOf = ({ packages }: DebianArchive): string => createHash('sha256').update(packages).digest('hex').slice(0, 12)

async function ownArchive(): Promise<DebianArchive> {
  const { stdout } = await promisify(execFile)('apt-get', ['update', '--print-uris'])
  return archiveOfMachine(await readFile('/etc/os-release', 'utf8'), stdout)
}

async function download(architecture: string, archive: DebianArchive, folder: string): Promise<void> {
  const apt = join(folder, 'apt')
  for (const path of ['lists/partial', 'cache/archives/partial', 'none'])
    await mkdir(join(apt, path), { recursive: true })
  const configuration = join(apt, 'apt.conf')
  await writeFile(join(apt, 'status'), '')
  await writeFile(join(apt, 'sources.list'), sourcesOf(archive))
  await writeFile(configuration, aptConfiguration(apt, architecture, archive))
  await runProgram('apt-get', ['update', '-q', '-c', configuration])
  await runProgram('apt-get', ['download', '-q', '-c', configuration, ...packages], { cwd: folder })
  await rm(apt, { recursive: true })
}

function sourcesOf({ packages: archive, security }: DebianArchive): string {
  const from = `deb [signed-by=${keyring}]`
  return `${from} ${archive} ${suite} main\n${from} ${archive} ${suite}-updates main\n${from} ${security} ${suite}-security main\n`
}

/** Read after the machine's own, which stays in force, such as its proxy; what says where things are does not. */
function aptConfiguration(folder: string, architecture: string, { isSnapshot }: DebianArchive): string {
  const settings = {
    'APT::Architecture': architecture,
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': join(folder, 'none'),
    'Dir::Etc::preferences': join(folder, 'none', 'preferences'),
    'Dir::Etc::preferencesparts': join(folder, 'none'),
    'Dir::State': folder,
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::AllowInsecureRepositories': 'false',
    'Acquire::Check-Valid-Until': String(!isSnapshot),
    'APT::Get::AllowUnauthenticated': 'false',
    // Its own user could not write into a folder of somebody else.
    'APT::Sandbox::User': 'root',
    'Debug::NoLocking': 'true',
  }
  // What else happens after an update is for the machine's own packages.
  const cleared = ['APT::Architectures', 'APT::Update::Post-Invoke', 'APT::Update::Post-Invoke-Success']
  return [
    ...cleared.map((name) => `#clear ${name};`),
    ...Object.entries(settings).map(([name, value]) => `${name} "${value}";`),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

/** Keeps programs' licences, and no other documentation. */
async function trim(root: string): Promise<void> {
  for (const path of ['usr/share/man', 'usr/share/locale', 'usr/share/lintian', 'usr/share/info', 'usr/games']) {
    await rm(join(root, path), { recursive: true, force: true })
  }
  for (const path of await readdir(join(root, 'usr/share/doc'), { recursive: true, withFileTypes: true })) {
    if (path.isFile() && path.name !== 'copyright') await rm(join(path.parentPath, path.name))
  }
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) {
    if (existsSync(join(root, 'usr', folder)) && !existsSync(join(root, folder))) {
      await symlink(`usr/${folder}`, join(root, folder))
    }
  }
}

/** As `update-ca-certificates` writes them. */
async function writeAuthorities(root: string): Promise<void> {
  const folder = join(root, 'usr/share/ca-certificates/mozilla')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.crt')).sort()
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  await mkdir(join(root, 'etc/ssl/certs'), { recursive: true })
  await writeFile(join(root, 'etc/ssl/certs/ca-certificates.crt'), texts.join(''), { mode: 0o644 })
}

/** apt names a file NAME_VERSION_ARCHITECTURE.deb, with a colon in a version encoded. */
function partOf(file: string): Part {
  const [name = '', encoded = '', rest = ''] = file.split('_')
  const version = decodeURIComponent(encoded)
  const purl = `pkg:deb/debian/${name.replaceAll('+', '%2B')}@${version.replaceAll('+', '%2B')}?arch=${rest.replace('.deb', '')}&distro=${suite}`
  return { name, version, purl, license: null, sha512: null }
}
