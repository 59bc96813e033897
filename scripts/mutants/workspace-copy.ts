/** A copy of the packages, the scripts and the site to put bugs into. Installed npm packages are linked, not copied; our packages resolve in the copy. */
import { cp, mkdir, mkdtempDisposable, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { root } from '../setup/machine.mjs'

const ownScope = '@fairlead'

export async function copyWorkspace() {
  await using parts = new AsyncDisposableStack()
  const { path: folder } = parts.use(await mkdtempDisposable(join(tmpdir(), 'fairlead-mutants-')))
  for (const file of ['package.json', 'package-lock.json', '.npmrc', 'tsconfig.json', 'vitest.config.ts']) {
    await cp(join(root, file), join(folder, file))
  }
  const isSource = (path: string) => !relative(root, path).split(sep).includes('node_modules')
  for (const name of ['packages', 'scripts', 'site']) {
    await cp(join(root, name), join(folder, name), { recursive: true, filter: isSource })
  }
  const modules = join(folder, 'node_modules')
  await mkdir(join(modules, ownScope), { recursive: true })
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (name === ownScope || name.startsWith('.')) continue
    await symlink(join(root, 'node_modules', name), join(modules, name))
  }
  for (const name of await readdir(join(root, 'packages'))) {
    await symlink(join(folder, 'packages', name), join(modules, ownScope, name))
  }
  const whole = parts.move()
  return { folder, [Symbol.asyncDispose]: () => whole.disposeAsync() }
}

/** Changes one file of a copy while `work` runs. */
export async function whileChanged<Result>(
  path: string,
  change: (source: string) => string,
  work: () => Promise<Result>,
): Promise<Result> {
  const source = await readFile(path, 'utf8')
  await writeFile(path, change(source))
  try {
    return await work()
  } finally {
    await writeFile(path, source)
  }
}
