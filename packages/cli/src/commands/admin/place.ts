/** The state a command works on: a data directory, and the database that replaces its own. */
import { resolve } from 'node:path'
import type { CliContext } from '../../context.ts'
import { chosenDatabase } from '../chosen-database.ts'

export interface PlaceFlags {
  readonly dataDir: string
  readonly database?: string
}

export function placeOf(context: CliContext, flags: PlaceFlags): { dataDir: string; database: string | undefined } {
  return {
    dataDir: resolve(context.cwd, flags.dataDir),
    database: chosenDatabase(context, flags),
  }
}
