/** A copy of the packages, the scripts and the site to put bugs into. Installed npm packages are linked, not copied; our packages resolve in the copy. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { root } from '../setup/machine.mjs'

const ownScope = '@fairlead'

export class WorkspaceCopy implements AsyncDisposable {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  static async make(): Promise<WorkspaceCopy> {
    const copy = new WorkspaceCopy(await mkdtemp(join(tmpdir(), 'fairlead-mutants-')))
    try {
      await copy.#fill()
      return copy
    } catch (error) {
      await copy[Symbol.asyncDispose]()
      throw error
    }
  }

  async #fill(): Promise<void> {
    for (const file of ['package.json', 'package-lock.json', '.npmrc', 'tsconfig.json', 'vitest.config.ts']) {
      await cp(join(root, file), join(this.folder, file))
    }
    const isSource = (path: string) => !relative(root, path).split(sep).includes('node_modules')
    for (const folder of ['packages', 'scripts', 'site']) {
      await cp(join(root, folder), join(this.folder, folder), { recursive: true, filter: isSource })
    }
    const modules = join(this.folder, 'node_modules')
    await mkdir(join(modules, ownScope), { recursive: true })
    for (const name of await readdir(join(root, 'node_modules'))) {
      if (name === ownScope || name.startsWith('.')) continue
      await symlink(join(root, 'node_modules', name), join(modules, name))
    }
    for (const name of await readdir(join(root, 'packages'))) {
      await symlink(join(this.folder, 'packages', name), join(modules, ownScope, name))
    }
  }

  /** Changes one file while `work` runs. */
  async changed<Result>(
    file: string,
    change: (source: string) => string,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const path = join(this.folder, file)
    const source = await readFile(path, 'utf8')
    await writeFile(path, change(source))
    try {
      return await work()
    } finally {
      await writeFile(path, source)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}
