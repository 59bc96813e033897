/**
 * `npm run build [-- FOLDER]`: all programs as installed, in `dist` by default: JavaScript for Node 24.5 and newer, and the web
 * console. A start from the sources also reads and strips hundreds of files, and an agent keeps the type stripper in memory.
 */
import { resolve } from 'node:path'
import { buildCommand } from './building/command.ts'
import { inRepository } from './building/programs.ts'

const folder = process.argv[2] === undefined ? inRepository('dist') : resolve(process.argv[2])
for (const path of await buildCommand(folder)) console.log(path)
