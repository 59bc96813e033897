/** Which PostgreSQL a command works on, where it is not the SQLite of the data directory; and what is said where there is no way to it. */
import { isProblem, problem } from '@fairlead/contract/problems'
import type { CliContext } from '../context.ts'

/** Throws PASSWORD_ON_COMMAND_LINE: a command line is shown to every user of the machine, for as long as the process runs. */
export function chosenDatabase(
  context: Pick<CliContext, 'env'>,
  { database }: { readonly database?: string },
): string | undefined {
  if (database !== undefined && hasPassword(database)) throw problem('PASSWORD_ON_COMMAND_LINE', { name: '--database' })
  return database ?? (context.env['FAIRLEAD_DATABASE'] || undefined)
}

/** Also one that should have been percent-encoded, and one that stands where no password may stand. */
function hasPassword(url: string): boolean {
  return /^[^/@]*:\/\/[^@]*:[^@]*@/.test(url) || /[?&]password=/i.test(url)
}

/** A server's answer tells clients what became of their request; a command that has no database yet has asked nothing of it. */
export async function onDatabase<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!isProblem(error, 'DATABASE_UNREACHABLE')) throw error
    throw problem('DATABASE_NOT_REACHED', { host: error.facts.host ?? 'that address' })
  }
}
