/** The npm packages, as `npm publish` takes them: the SDK, the contract that it needs, and the command without dependencies. */
import { mkdtempDisposable } from 'node:fs/promises'
import { join } from 'node:path'
import { buildCommand } from '../building/command.ts'
import { buildLibraries } from '../building/libraries.ts'
import { inRepository } from '../building/programs.ts'
import { runProgram } from '../setup/run-program.mjs'
import { programParts, type Part } from './parts.ts'
import type { Release } from './release.ts'

export async function packNpm({ folder }: Release): Promise<readonly Part[]> {
  await using work = await mkdtempDisposable(join(folder, '.npm-'))
  const libraries = await buildLibraries(join(work.path, 'libraries'))
  const command = join(work.path, 'command')
  await buildCommand(command)
  for (const place of [...libraries, command]) await pack(place, folder)
  return await programParts()
}

/** Only if `publint` finds nothing. */
async function pack(place: string, folder: string): Promise<void> {
  await runProgram(inRepository('node_modules/.bin/publint'), ['--strict', place])
  await runProgram('npm', ['pack', '--silent', '--pack-destination', folder, place])
}
