/** Files that commands edit: read whole, and written so that a reader sees the old text or the new one. */
import type { SetupFile } from '@fairlead/doors/docker-config/docker-setup'
import { isProblem, problem, writeFault } from '@fairlead/contract/problems'
import { randomBytes } from 'node:crypto'
import { chmod, chown, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { makeFolder } from '@fairlead/credential-path/process/make-folder'
import { readIfThere } from '@fairlead/credential-path/process/regular-file'
import { isProgram } from '../is-program.ts'

export async function readSetupFile(path: string): Promise<SetupFile> {
  return { path, text: await readIfThere(path) }
}

/**
 * If the file is a link, its target is replaced and the link stays; mode and owner stay, too. `check`: the last thing before the new text takes
 * the place of the old one; it may throw a Problem.
 */
export async function writeSetupFile(path: string, text: string, check?: () => Promise<void>): Promise<void> {
  let draft: string | null = null
  try {
    makeFolder(dirname(path))
    const real = await realpath(path).catch(() => path)
    const before = await stat(real).catch(() => null)
    draft = `${real}.${randomBytes(6).toString('hex')}`
    await writeFile(draft, text, { mode: 0o600, flag: 'wx', flush: true })
    if (before !== null) {
      if (before.uid !== process.getuid?.() || before.gid !== process.getgid?.())
        await chown(draft, before.uid, before.gid)
      await chmod(draft, before.mode & 0o777)
    }
    await check?.()
    await rename(draft, real)
  } catch (error) {
    if (draft !== null) await rm(draft, { force: true }).catch(() => 'what failed first is the reason')
    throw isProblem(error) ? error : problem('FILE_UNWRITABLE', { path, reason: writeFault(error) })
  }
}

export function isOnPath(program: string, path = ''): boolean {
  return path.split(delimiter).some((folder) => folder !== '' && isProgram(join(folder, program)))
}
