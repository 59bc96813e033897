/**
 * `node compile-parts.ts FOLDER`: runs all parts of the executable and stores V8's compiled code next to them. This process must load the
 * same code with the same options as the executable: V8 rejects code that another version or other options compiled.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Script } from 'node:vm'
import { compiledName, openParts } from '../../packages/cli/src/executable/parts.ts'

const [folder = ''] = process.argv.slice(2)
const names = await readdir(folder)
const parts = new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)))
const scripts = new Map<string, Script>()
const require = openParts(
  (name) => parts.get(name) ?? null,
  (name, script) => scripts.set(name, script),
)
// Running them compiles the functions that a start needs; compiling alone does not.
for (const name of names) require(name)
for (const [name, script] of scripts) await writeFile(join(folder, compiledName(name)), script.createCachedData())
process.exit()
