/** Moves what a control plane keeps from SQLite to PostgreSQL or back, while no control plane writes to it. */
import { chmodSync, existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { problem } from '@fairlead/contract/problems'
import { sql, type Kysely, type Transaction } from 'kysely'
import { databasePath } from '../store/data-dir.ts'
import { lockDataDir } from '../store/sqlite/data-dir-lock.ts'
import { makeDataDir } from '../store/make-data-dir.ts'
import { migrate, migrations } from '../store/migrate.ts'
import { leaderLock } from '../store/postgres/locks.ts'
import type { Tables } from '../store/row.ts'
import { sqliteDialect } from '../store/sqlite/sqlite.ts'
import { kyselyOver } from '../store/sqlite/kysely-dialect.ts'
import { copyTables, type CopiedRows } from './copy-tables.ts'
import { openToRead, schemaVersion } from './open-database.ts'
import { fillPostgres, readPostgres } from './postgres-database.ts'
import type { OnProgress } from './progress.ts'

export type CopiedTables = Record<string, CopiedRows>

export async function copyToPostgres(
  dataDir: string,
  url: string,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<CopiedTables> {
  const path = databasePath(dataDir)
  if (!existsSync(path)) throw problem('DATABASE_FILE_MISSING', { path })
  using _lock = lockDataDir(dataDir)
  return readSqlite(path, false, (from) =>
    fillPostgres(url, (to, place) => copyTables(from, to, place, onProgress, signal)),
  )
}

export async function copyFromPostgres(
  url: string,
  dataDir: string,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<CopiedTables> {
  makeDataDir(dataDir)
  using _lock = lockDataDir(dataDir)
  const path = databasePath(dataDir)
  return readPostgres(url, async (from, place) => {
    await requireNoReplica(from, place)
    return fillSqlite(path, from, onProgress, signal)
  })
}

/** What a replica writes from now on would be missing. */
async function requireNoReplica(db: Transaction<Tables>, path: string): Promise<void> {
  const { rows } = await sql<{
    free: boolean
  }>`select pg_try_advisory_xact_lock(${sql.lit(leaderLock)}) as free`.execute(db)
  if (rows[0]?.free !== true) throw problem('DATABASE_IN_USE', { path })
}

/** Of the schema of this version. */
export async function readSqlite<Result>(
  path: string,
  whole: boolean,
  work: (db: Kysely<Tables>) => Promise<Result>,
): Promise<Result> {
  const database = openToRead(path, whole)
  const db = kyselyOver(database)
  try {
    if (schemaVersion(database, path) < migrations.length) throw problem('DATABASE_TOO_OLD', { path })
    return await work(db)
  } finally {
    await db.destroy()
    if (database.isOpen) database.close()
  }
}

/** Makes the database where there is none. */
export async function fillSqlite(
  path: string,
  from: Kysely<Tables>,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<CopiedTables> {
  const database = new DatabaseSync(path, { timeout: 5000, enableForeignKeyConstraints: true })
  const db = kyselyOver(database)
  try {
    chmodSync(path, 0o600)
    database.exec('PRAGMA synchronous = FULL')
    await migrate(db, sqliteDialect, path)
    return await db.transaction().execute((to) => copyTables(from, to, path, onProgress, signal))
  } finally {
    await db.destroy()
    if (database.isOpen) database.close()
  }
}
