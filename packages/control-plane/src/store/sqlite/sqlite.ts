/** The embedded database: node:sqlite under Kysely, durable at every commit, locked to one process. */
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { databasePath } from '../data-dir.ts'
import { lockDataDir } from './data-dir-lock.ts'
import { finishRestore } from '../finish-restore.ts'
import { openKyselyStore } from '../kysely-store.ts'
import { makeDataDir } from '../make-data-dir.ts'
import { migrate } from '../migrate.ts'
import type { Migration, MigrationDialect } from '../migration.ts'
import { requireRegularFile, sqliteFault } from './fault.ts'
import { kyselyOver } from './kysely-dialect.ts'
import { makePrivate } from './make-private.ts'
import type { Store } from '../store.ts'

export const sqliteDialect: MigrationDialect = {
  counting: (column) => column.primaryKey().autoIncrement(),
  justKey: sql`without rowid`,
  // The data directory is locked to this process.
  takeTurn: async () => {},
}

export async function openSqliteStore(dataDir: string, migrations?: readonly Migration[]): Promise<Store> {
  makeDataDir(dataDir)
  const path = databasePath(dataDir)
  const lock = lockDataDir(dataDir)
  try {
    finishRestore(dataDir)
    const db = kyselyOver(openDatabase(path))
    await migrate(db, sqliteDialect, path, migrations)
    return openKyselyStore(db, async () => {
      await db.destroy()
      lock[Symbol.dispose]()
    })
  } catch (error) {
    lock[Symbol.dispose]()
    throw sqliteFault(error, path)
  }
}

/** SQLite's own is 2 MB, so that a list of a large database reads the same pages from the kernel again and again. */
const pageCacheKib = 64 * 1024

/** SQLite gives a new log the mode of the database, and keeps that of a log that came with a copy. */
function openDatabase(path: string): DatabaseSync {
  requireRegularFile(path)
  makePrivate(path)
  for (const log of [`${path}-wal`, `${path}-shm`]) if (existsSync(log)) makePrivate(log)
  const database = new DatabaseSync(path, { timeout: 5000, enableForeignKeyConstraints: true })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY')
  // A recovery after a crash was waited for; what comes later is not, since that would stop this thread.
  database.exec('PRAGMA busy_timeout = 0')
  // A negative number is in KiB, a positive one in pages.
  database.exec(`PRAGMA cache_size = ${-pageCacheKib}`)
  return database
}
