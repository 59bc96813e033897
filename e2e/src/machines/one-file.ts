/** The one file of the release, made once for all stories of a run. */
import { constants } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newFolder } from '@fairlead/testkit'
import { artefacts } from '../release/artefacts.ts'

/** A copy of it and of its hash, in a folder that a machine with systemd also sees. */
export async function oneFile(architecture: 'x64' | 'arm64' = thisOne()): Promise<string> {
  const name = `fairlead-linux-${architecture}`
  const made = await artefacts(name, 'executable', '--arch', architecture)
  const folder = newFolder('one-file')
  for (const file of [name, `${name}.sha256`]) {
    await copyFile(join(made, file), join(folder, file), constants.COPYFILE_FICLONE)
  }
  return join(folder, name)
}

function thisOne(): 'x64' | 'arm64' {
  if (process.arch === 'x64' || process.arch === 'arm64') return process.arch
  throw new Error(`there is no executable for ${process.arch}`)
}
