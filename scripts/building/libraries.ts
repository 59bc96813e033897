/** Builds the TypeScript SDK and the contract as npm packages: JavaScript for Node 24 and newer and for browsers, with types. */
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { documentOfThisVersion } from '../../packages/control-plane/src/openapi/document-of-this-version.ts'
import { runProgram } from '../setup/run-program.mjs'
import { describeTypes, type DescribedModel } from './described-types.ts'
import { inRepository } from './programs.ts'
import { describe, manifestOf } from './published-manifest.ts'
import { replaceFolder } from './replace-folder.ts'

/** Into `FOLDER/contract` and `FOLDER/sdk`; returns their paths. */
export async function buildLibraries(folder: string): Promise<readonly string[]> {
  const names = ['contract', 'sdk']
  await replaceFolder(folder, async (fresh) => {
    await runProgram(inRepository('node_modules/.bin/tsc'), [
      '-p',
      inRepository('tsconfig.npm.json'),
      '--outDir',
      fresh,
    ])
    const { schemas } = documentOfThisVersion()['components'] as { schemas: Readonly<Record<string, DescribedModel>> }
    for (const name of names) await finishDeclarations(join(fresh, name, 'src'), schemas)
    await describeLibrary('contract', fresh, ['openapi.json'])
    await describeLibrary('sdk', fresh, [])
  })
  return names.map((name) => join(folder, name))
}

async function describeLibrary(name: string, into: string, documents: readonly string[]): Promise<void> {
  const { dependencies, exports } = await manifestOf(name)
  const entries = Object.entries(exports).map(([entry, source]) => {
    const [types, code] = [source.replace(/\.ts$/, '.d.ts'), source.replace(/\.ts$/, '.js')]
    return [entry, { types, default: code }] as const
  })
  const files = documents.map((file) => [`./${file}`, `./${file}`] as const)
  await describe(name, join(into, name), {
    sideEffects: false,
    exports: Object.fromEntries<unknown>([...entries, ...files]),
    dependencies,
  })
  for (const file of documents) await copyFile(inRepository(`packages/${name}/${file}`), join(into, name, file))
}

/** TypeScript rewrites imports only in JavaScript, and older versions look for the sources that these name. */
const withoutSourceNames = (text: string): string => text.replaceAll(/(from '\.{1,2}\/[^']+)\.ts'/g, "$1.js'")

async function finishDeclarations(place: string, models: Readonly<Record<string, DescribedModel>>): Promise<void> {
  const declarations = (await readdir(place, { recursive: true })).filter((file) => file.endsWith('.d.ts'))
  for (const file of declarations) {
    const text = await readFile(join(place, file), 'utf8')
    await writeFile(join(place, file), describeTypes(withoutSourceNames(text), models))
  }
}
