/** What `npm run release` makes: by setup for a whole run, or now for one file. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { inRepository, madeOnce, mustRun } from '@fairlead/testkit'

/** The folder; `part`: what is needed of it, under a name, with the arguments that make only that. */
export async function artefacts(part = 'release', ...args: string[]): Promise<string> {
  const make = async (folder: string): Promise<void> => {
    const script = inRepository('scripts/release.ts')
    await mustRun(process.execPath, [script, ...args, '--to', folder], { timeoutMs: 300_000 })
  }
  return process.env['FAIRLEAD_RELEASE'] ?? (await madeOnce(part, make))
}

/** The path of the one whose name matches. */
export async function artefact(name: RegExp, made = artefacts()): Promise<string> {
  const folder = await made
  const found = (await readdir(folder)).filter((file) => name.test(file))
  const [only] = found
  if (only === undefined || found.length > 1) throw new Error(`${name} is ${found.join(', ') || 'none'} in the release`)
  return join(folder, only)
}
