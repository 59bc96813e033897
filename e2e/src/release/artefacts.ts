/** What `npm run release` makes: by setup for a whole run, or now for one file. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { madeOnce, mustRun } from '@fairlead/testkit'

const script = fileURLToPath(new URL('../../../scripts/release.ts', import.meta.url))

export async function artefacts(): Promise<string> {
  const make = async (folder: string): Promise<void> => {
    await mustRun(process.execPath, [script, '--to', folder], { timeoutMs: 300_000 })
  }
  return process.env['FAIRLEAD_RELEASE'] ?? (await madeOnce('release', make))
}

/** The path of the one whose name matches. */
export async function artefact(name: RegExp): Promise<string> {
  const folder = await artefacts()
  const found = (await readdir(folder)).filter((file) => name.test(file))
  const [only] = found
  if (only === undefined || found.length > 1) throw new Error(`${name} is ${found.join(', ') || 'none'} in the release`)
  return join(folder, only)
}
