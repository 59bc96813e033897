/** Lets one command at a time change the files of its user, so that none loses what another stores. */
import { ExclusiveLock } from '@fairlead/credential-path/process/exclusive-lock'
import { makeFolder } from '@fairlead/credential-path/process/make-folder'
import { dirname, join } from 'node:path'
import type { CliContext } from '../context.ts'
import { credentialsPath } from './credentials.ts'

/** A change takes milliseconds; a process that holds the lock longer is stuck. */
const waitMs = 5000

/** Null where nothing can be locked, as on some network file systems: that keeps nobody from working. */
export async function lockUserFiles(context: CliContext): Promise<Disposable | null> {
  try {
    const folder = dirname(credentialsPath(context))
    makeFolder(folder)
    using locks = new DisposableStack()
    const lock = locks.use(new ExclusiveLock(join(folder, 'credentials.lock')))
    if (await lock.takeWithin(waitMs)) return locks.move()
  } catch {}
  return null
}
