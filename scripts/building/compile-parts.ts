/**
 * `node compile-parts.ts FOLDER`: runs all parts of the executable and stores V8's compiled code next to them. This process must load the
 * same code with the same options as the executable: V8 rejects code that another version or other options compiled. `reproducibly`
 * (executable.ts) has the exceptions.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import type { Script } from 'node:vm'
import { compiledName, openParts } from '../../packages/cli/src/executable/parts.ts'

const [folder = ''] = process.argv.slice(2)
const names = (await readdir(folder)).sort()
const parts = new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)))
const scripts = new Map<string, Script>()
const require = openParts(
  (name) => parts.get(name) ?? null,
  (name, script) => scripts.set(name, script),
)
// Running them compiles the functions that a start needs; compiling alone does not.
for (const name of names) require(name)
// As in the executable, whose seed is random: the options at this point are those that V8 compares. Its tables keep the seed of the start.
setFlagsFromString('--hash-seed=0')
// All of them before anything that takes time: what the parts have begun may compile more.
const compiled = [...scripts].map(([name, script]) => [compiledName(name), script.createCachedData()] as const)
for (const [name, code] of compiled) await writeFile(join(folder, name), code)
process.exit()
