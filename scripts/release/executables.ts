/** The one file for each architecture, `fairlead-linux-ARCH`: made now, or earlier for the same folder. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { makeExecutable } from '../building/executable.ts'
import type { Architecture } from '../building/node-binary.ts'
import { nodePart, programParts, type Part } from './parts.ts'
import type { Release } from './release.ts'

export async function makeExecutables({ folder, architectures }: Release): Promise<readonly Part[]> {
  for (const architecture of architectures) await makeExecutable(architecture, executableIn(folder, architecture))
  return [...(await programParts()), await nodePart()]
}

/** For what contains it. */
export async function madeExecutable(release: Release, architecture: Architecture): Promise<string> {
  const file = executableIn(release.folder, architecture)
  if (!existsSync(file)) await makeExecutable(architecture, file)
  return file
}

const executableIn = (folder: string, architecture: Architecture): string =>
  join(folder, `fairlead-linux-${architecture}`)
