/**
 * `node scripts/openapi.ts`: writes the OpenAPI document of this version to packages/contract/openapi.json, from which clients are
 * generated. `--check` only says whether the file is current.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { documentOfThisVersion } from '@fairlead/control-plane'
import { inRepository } from './building/programs.ts'

const path = inRepository('packages/contract/openapi.json')
const current = `${JSON.stringify(documentOfThisVersion(), null, 2)}\n`

if (process.argv.includes('--check')) {
  if ((await readFile(path, 'utf8').catch(() => '')) !== current) {
    console.error('packages/contract/openapi.json is not what the routes say. Write it: node scripts/openapi.ts')
    process.exitCode = 1
  }
} else {
  await writeFile(path, current)
}
