/** The database that the settings name. */
import { readDatabaseUrl } from './postgres/database-url.ts'
import { makeDataDir } from './make-data-dir.ts'
import { openSqliteStore } from './sqlite/sqlite.ts'
import type { Store } from './store.ts'

export interface DatabaseSettings {
  readonly dataDir: string
  readonly database?: string | undefined
}

export async function openStore({ dataDir, database }: DatabaseSettings): Promise<Store> {
  if (database === undefined) return openSqliteStore(dataDir)
  // The driver is loaded only for installations that use it.
  const { openPostgresStore } = await import('./postgres/postgres.ts')
  const store = await openPostgresStore(database)
  // For its own CA, if it makes one.
  makeDataDir(dataDir)
  return store
}

/** Where the data is, without the password. */
export function placeOf({ dataDir, database }: DatabaseSettings): { data_dir: string; database?: string } {
  return { data_dir: dataDir, ...(database !== undefined && { database: readDatabaseUrl(database).text }) }
}
