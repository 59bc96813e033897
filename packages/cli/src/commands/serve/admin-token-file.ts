/** Where the admin token goes without a terminal: a file that only its owner can read, since printed text stays in a journal or a log. */
import { problem, writeFault } from '@fairlead/contract/problems'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Replaces an older one. Returns its path. */
export async function writeAdminToken(dataDir: string, token: string): Promise<string> {
  const path = join(dataDir, 'admin-token')
  try {
    await rm(path, { force: true })
    await writeFile(path, `${token}\n`, { mode: 0o600, flag: 'wx', flush: true })
  } catch (error) {
    throw problem('FILE_UNWRITABLE', { path, reason: writeFault(error) })
  }
  return path
}
