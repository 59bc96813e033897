/** The Node for an executable: this one, or npm's package for another architecture, checked against the hash in our lock file. */
import { execFile } from 'node:child_process'
import { hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtempDisposable, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inRepository } from './programs.ts'

const run = promisify(execFile)

export const architectures = ['x64', 'arm64'] as const
export type Architecture = (typeof architectures)[number]

/** Returns the path of a file that must not be changed. */
export async function nodeBinary(architecture: Architecture): Promise<string> {
  const name = `node-linux-${architecture}`
  const installed = inRepository(`node_modules/${name}/bin/node`)
  if (existsSync(installed)) return installed
  const { version, integrity } = await lockedPackage(name)
  const kept = inRepository(`.cache/${name}-${version}`)
  if (!existsSync(kept)) await fetchPackage(`${name}@${version}`, integrity, kept)
  return join(kept, 'bin/node')
}

interface LockedPackage {
  readonly version: string
  readonly integrity: string
}

async function lockedPackage(name: string): Promise<LockedPackage> {
  const lock = JSON.parse(await readFile(inRepository('package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, LockedPackage>>
  }
  const found = lock.packages[`node_modules/${name}`]
  if (!found) throw new Error(`package-lock.json has no ${name}`)
  return found
}

async function fetchPackage(specification: string, integrity: string, place: string): Promise<void> {
  const cache = inRepository('.cache')
  await mkdir(cache, { recursive: true })
  await using temporary = await mkdtempDisposable(join(cache, 'unfinished-node-'))
  const work = temporary.path
  await run('npm', ['pack', '--silent', '--pack-destination', work, specification])
  const archive = join(work, `${specification.replace('@', '-')}.tgz`)
  const found = `sha512-${hash('sha512', await readFile(archive), 'base64')}`
  if (found !== integrity) throw new Error(`${specification} is not what package-lock.json says`)
  await run('tar', ['-xzf', archive, '-C', work])
  await rename(join(work, 'package'), place)
}
