/** Builds all programs as they are installed: JavaScript for Node 24.5 and newer, without dependencies, and the web console. */
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { licensesFile, thirdPartyLicenses } from '../release/third-party-licenses.ts'
import { bundle } from './bundle.ts'
import { builtConsole } from './console.ts'
import { programs } from './programs.ts'
import { describe } from './published-manifest.ts'

/** Replaces them in `folder`, which may have more; returns the programs' paths. */
export async function buildCommand(folder: string): Promise<readonly string[]> {
  const bin = Object.fromEntries(Object.keys(programs).map((name) => [name, `${name}.mjs`]))
  return bundle(programs, folder, async (fresh) => {
    await cp(await builtConsole(), join(fresh, 'console'), { recursive: true })
    await describe('cli', fresh, { bin, engines: { node: '>=24.5' } })
    await writeFile(join(fresh, licensesFile), await thirdPartyLicenses())
  })
}
