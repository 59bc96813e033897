/** Lets an unpacked Python run where it lies: its own loader and libraries, since those of the machine are older than it asks for. */
import { chmod, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The path of a program that runs it; `root` may not be moved any more. */
export async function makeRunnable(root: string, version: string): Promise<string> {
  const standardLibrary = join(root, 'usr', 'lib', `python${version}`)
  const program = join(root, 'usr', 'bin', `python${version}`)
  const binary = join(root, 'usr', 'lib', 'python-binary')
  const libraries = await folderOfLibraries(root)
  const loader = only(await readdir(libraries), /^ld-linux-/)
  await rename(program, binary)
  await writeFile(program, launcherText({ loader: join(libraries, loader), libraries, binary }))
  await chmod(program, 0o755)
  await nameWheels(standardLibrary, join(root, 'usr', 'share', 'python-wheels'))
  return program
}

export interface LauncherPaths {
  readonly loader: string
  readonly libraries: string
  readonly binary: string
}

/** Python finds its home, and that of an environment, by the name under which it was started. */
export function launcherText({ loader, libraries, binary }: LauncherPaths): string {
  return `#!/bin/sh\nexec ${quoted(loader)} --library-path ${quoted(libraries)} --argv0 "$0" ${quoted(binary)} "$@"\n`
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`
}

/** Such as `usr/lib/x86_64-linux-gnu`. */
async function folderOfLibraries(root: string): Promise<string> {
  const folder = join(root, 'usr', 'lib')
  return join(folder, only(await readdir(folder), /-linux-gnu$/))
}

/** Debian's `venv` takes pip from a folder of the system; here it lies below the root. */
async function nameWheels(standardLibrary: string, wheels: string): Promise<void> {
  const files = (await readdir(standardLibrary)).filter((name) => name.startsWith('_sysconfigdata_'))
  for (const file of files.map((name) => join(standardLibrary, name))) {
    const text = await readFile(file, 'utf8')
    await writeFile(
      file,
      text.replaceAll(/('WHEEL_PKG_DIR': )'[^']*'/g, (_, key: string) => key + JSON.stringify(wheels)),
    )
  }
}

function only(names: readonly string[], form: RegExp): string {
  const [name, ...more] = names.filter((one) => form.test(one))
  if (name === undefined || more.length > 0)
    throw new Error(`expected one file like ${form}, found ${names.join(', ')}`)
  return name
}
