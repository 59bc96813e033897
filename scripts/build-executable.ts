/**
 * `npm run build:executable [-- --arch x64|arm64] [--to FOLDER]`: all programs in one file that needs only libatomic
 * installed, `dist/fairlead-linux-ARCH`, with its SHA-256 next to it.
 */
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { makeExecutable } from './building/executable.ts'
import { architectures } from './building/node-binary.ts'
import { inRepository } from './building/programs.ts'

const { values } = parseArgs({ options: { arch: { type: 'string', default: process.arch }, to: { type: 'string' } } })
const architecture = architectures.find((name) => name === values.arch)
if (architecture === undefined) throw new Error(`--arch is one of ${architectures.join(', ')}`)
const file = join(values.to === undefined ? inRepository('dist') : resolve(values.to), `fairlead-linux-${architecture}`)
await makeExecutable(architecture, file)
console.log(`${file}  ${((await stat(file)).size / 1e6).toFixed(1)} MB`)
