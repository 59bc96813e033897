/** The one file as `npm run build:executable` makes it, once for all stories of a run; that of the release, if one was made. */
import { constants } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { madeOnce, mustRun, newFolder } from '@fairlead/testkit'

const build = fileURLToPath(new URL('../../../scripts/build-executable.ts', import.meta.url))

/** A copy of it and of its hash, in a folder that a machine with systemd also sees. */
export async function oneFile(architecture: 'x64' | 'arm64' = thisOne()): Promise<string> {
  const name = `fairlead-linux-${architecture}`
  const made =
    process.env['FAIRLEAD_RELEASE'] ??
    (await madeOnce(name, async (folder) => {
      await mustRun(process.execPath, [build, '--to', folder, '--arch', architecture])
    }))
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
