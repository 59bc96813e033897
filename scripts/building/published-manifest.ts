/** What every npm package of this repository says about itself when it is published. */
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inRepository } from './programs.ts'

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly license: string
  readonly dependencies: Readonly<Record<string, string>>
  /** The source of each entry. */
  readonly exports: Readonly<Record<string, string>>
}

export async function manifestOf(name: string): Promise<Manifest> {
  return JSON.parse(await readFile(inRepository(`packages/${name}/package.json`), 'utf8')) as Manifest
}

/** Writes `package.json`, the licence and the README of `packages/NAME` into a folder with its built files. */
export async function describe(name: string, folder: string, special: object): Promise<void> {
  const { name: published, version, description, license } = await manifestOf(name)
  const manifest = {
    name: published,
    version,
    description,
    license,
    ...repositoryOf(`packages/${name}`),
    type: 'module',
    engines: { node: '>=24' },
    ...special,
  }
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  await copyFile(inRepository('LICENSE'), join(folder, 'LICENSE'))
  await copyFile(inRepository(`packages/${name}/README.md`), join(folder, 'README.md'))
}

/** Known only where it is released: npm accepts a proof of origin only if it names the same repository. */
function repositoryOf(directory: string): object {
  const repository = process.env['GITHUB_REPOSITORY']
  if (repository === undefined) return {}
  return { repository: { type: 'git', url: `git+https://github.com/${repository}.git`, directory } }
}
