/** Changes the file of logins: one command at a time, so that none loses what another stores. */
import { writeFileAtomically } from '@fairlead/credential-path/process/atomic-file'
import { ExclusiveLock } from '@fairlead/credential-path/process/exclusive-lock'
import { makeFolder } from '@fairlead/credential-path/process/make-folder'
import { isProblem, problem, writeFault } from '@fairlead/contract/problems'
import { dirname, join } from 'node:path'
import type { CliContext } from '../context.ts'
import { credentialsPath, readCredentials, type Credentials } from './credentials.ts'

/** A change takes milliseconds; a process that holds the lock longer is stuck. */
const waitMs = 5000

/** Returns what is stored from now on. */
export async function updateCredentials(
  context: CliContext,
  change: (stored: Credentials) => Credentials,
): Promise<Credentials> {
  const path = credentialsPath(context)
  const folder = dirname(path)
  try {
    makeFolder(folder)
    using _lock = await lockIfPossible(join(folder, 'credentials.lock'))
    const credentials = change(await readCredentials(context))
    await writeFileAtomically(path, `${JSON.stringify(credentials, null, 2)}\n`)
    return credentials
  } catch (error) {
    throw isProblem(error) ? error : problem('FILE_UNWRITABLE', { path, reason: writeFault(error) })
  }
}

/** Null where nothing can be locked, as on some network file systems: that keeps nobody from logging in. */
async function lockIfPossible(path: string): Promise<Disposable | null> {
  try {
    using locks = new DisposableStack()
    const lock = locks.use(new ExclusiveLock(path))
    if (await lock.takeWithin(waitMs)) return locks.move()
  } catch {}
  return null
}
