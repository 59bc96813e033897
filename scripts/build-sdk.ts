/**
 * `npm run build:sdk [-- FOLDER]`: the TypeScript SDK and the contract as npm packages, in `dist/npm` by default: JavaScript for Node 24 and
 * newer and for browsers, with types. `npm publish FOLDER/contract` and `FOLDER/sdk` publish them.
 */
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { inRepository } from './building/programs.ts'
import { replaceFolder } from './building/replace-folder.ts'
import { runProgram } from './setup/run-program.mjs'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly license: string
  readonly dependencies: Readonly<Record<string, string>>
  /** The source of each entry. */
  readonly exports: Readonly<Record<string, string>>
}

const folder = process.argv[2] === undefined ? inRepository('dist/npm') : resolve(process.argv[2])

async function describe(name: string, into: string, files: readonly string[]): Promise<void> {
  const manifest = JSON.parse(await readFile(inRepository(`packages/${name}/package.json`), 'utf8')) as Manifest
  const { version, description, license, dependencies, exports } = manifest
  const published = {
    name: manifest.name,
    version,
    description,
    license,
    type: 'module',
    sideEffects: false,
    exports: {
      ...Object.fromEntries(
        Object.entries(exports).map(([entry, source]) => [
          entry,
          { types: source.replace(/\.ts$/, '.d.ts'), default: source.replace(/\.ts$/, '.js') },
        ]),
      ),
      ...Object.fromEntries(files.filter((file) => file.endsWith('.json')).map((file) => [`./${file}`, `./${file}`])),
    },
    engines: { node: '>=24' },
    dependencies,
  }
  await writeFile(join(into, name, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
  for (const file of files) await copyFile(inRepository(`packages/${name}/${file}`), join(into, name, file))
  await copyFile(inRepository('LICENSE'), join(into, name, 'LICENSE'))
}

/** TypeScript rewrites imports only in JavaScript, and older versions look for the sources that these name. */
async function withoutSourceNames(place: string): Promise<void> {
  const declarations = (await readdir(place, { recursive: true })).filter((file) => file.endsWith('.d.ts'))
  for (const file of declarations) {
    const text = await readFile(join(place, file), 'utf8')
    await writeFile(join(place, file), text.replaceAll(/(from '\.{1,2}\/[^']+)\.ts'/g, "$1.js'"))
  }
}

await replaceFolder(folder, async (fresh) => {
  await runProgram(inRepository('node_modules/.bin/tsc'), ['-p', inRepository('tsconfig.npm.json'), '--outDir', fresh])
  for (const name of ['contract', 'sdk']) await withoutSourceNames(join(fresh, name, 'src'))
  await describe('contract', fresh, ['openapi.json'])
  await describe('sdk', fresh, ['README.md'])
})
console.log(join(folder, 'contract'))
console.log(join(folder, 'sdk'))
