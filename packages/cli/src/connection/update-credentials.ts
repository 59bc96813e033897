/** Changes the file of logins: one command at a time. */
import { writeFileAtomically } from '@fairlead/credential-path/process/atomic-file'
import { isProblem, problem, writeFault } from '@fairlead/contract/problems'
import type { CliContext } from '../context.ts'
import { credentialsPath, readCredentials, type Credentials } from './credentials.ts'
import { lockUserFiles } from './lock-user-files.ts'

/** Returns what is stored from now on. */
export async function updateCredentials(
  context: CliContext,
  change: (stored: Credentials) => Credentials,
): Promise<Credentials> {
  const path = credentialsPath(context)
  try {
    using _lock = await lockUserFiles(context)
    const credentials = change(await readCredentials(context))
    await writeFileAtomically(path, `${JSON.stringify(credentials, null, 2)}\n`)
    return credentials
  } catch (error) {
    throw isProblem(error) ? error : problem('FILE_UNWRITABLE', { path, reason: writeFault(error) })
  }
}
