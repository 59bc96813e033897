/** Which PostgreSQL a command works on instead of the data directory's SQLite, and what to say when it is unreachable. */
import { isProblem, problem } from '@fairlead/contract/problems'
import type { CliContext } from '../context.ts'

/** Throws PASSWORD_ON_COMMAND_LINE: every user of the machine can read a command line while the process runs. */
export function chosenDatabase(
  context: Pick<CliContext, 'env'>,
  { database }: { readonly database?: string },
): string | undefined {
  if (database !== undefined && hasPassword(database)) throw problem('PASSWORD_ON_COMMAND_LINE', { name: '--database' })
  return database ?? (context.env['FAIRLEAD_DATABASE'] || undefined)
}

/** Also one that should have been percent-encoded, and one in a place where no password belongs. */
function hasPassword(url: string): boolean {
  return /^[^/@]*:\/\/[^@]*:[^@]*@/.test(url) || /[?&]password=/i.test(url)
}

/** A server's answer tells clients what happened to their request; a command without a database has not sent one yet. */
export async function onDatabase<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!isProblem(error, 'DATABASE_UNREACHABLE')) throw error
    throw problem('DATABASE_NOT_REACHED', { host: error.facts.host ?? 'that address' })
  }
}
