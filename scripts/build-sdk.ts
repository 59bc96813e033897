/**
 * `npm run build:sdk [-- FOLDER]`: the TypeScript SDK and the contract as npm packages, in `dist/npm` by default: JavaScript for Node 24 and
 * newer and for browsers, with types.
 */
import { resolve } from 'node:path'
import { buildLibraries } from './building/libraries.ts'
import { inRepository } from './building/programs.ts'

const folder = process.argv[2] === undefined ? inRepository('dist/npm') : resolve(process.argv[2])
for (const path of await buildLibraries(folder)) console.log(path)
