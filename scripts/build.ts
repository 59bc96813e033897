/**
 * `npm run build [-- FOLDER]`: all programs as installed, in `dist` by default: JavaScript for Node 24 and newer, and the web
 * console. A start from the sources also reads and strips hundreds of files, and an agent keeps the type stripper in memory.
 */
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { bundle } from './building/bundle.ts'
import { buildConsole } from './building/console.ts'
import { inRepository, programs } from './building/programs.ts'
import manifest from '../packages/cli/package.json' with { type: 'json' }

const folder = process.argv[2] === undefined ? inRepository('dist') : resolve(process.argv[2])
const bin = Object.fromEntries(Object.keys(programs).map((name) => [name, `./${name}.mjs`]))
const { version, license, description } = manifest
const installed = { name: 'fairlead', version, description, license, type: 'module', bin, engines: { node: '>=24' } }
const paths = await bundle(programs, folder, async (fresh) => {
  await writeFile(join(fresh, 'package.json'), `${JSON.stringify(installed, null, 2)}\n`)
  await buildConsole(join(fresh, 'console'))
})
for (const path of paths) console.log(path)
