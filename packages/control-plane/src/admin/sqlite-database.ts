/** An SQLite database read or filled by an admin command, without acting as a control plane. */
import { chmodSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { problem } from '@fairlead/contract/problems'
import type { Kysely, Transaction } from 'kysely'
import { migrate, migrations } from '../store/migrate.ts'
import type { Tables } from '../store/row.ts'
import { sqliteDialect } from '../store/sqlite/sqlite.ts'
import { kyselyOver } from '../store/sqlite/kysely-dialect.ts'
import { openToRead, schemaVersion } from './open-database.ts'

/** A backup with this version's schema. */
export async function readSqlite<Result>(path: string, work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> {
  const database = openToRead(path, true)
  const db = kyselyOver(database)
  try {
    if (schemaVersion(database, path) < migrations.length) throw problem('DATABASE_TOO_OLD', { path })
    return await work(db)
  } finally {
    await db.destroy()
    if (database.isOpen) database.close()
  }
}

/** Creates the schema if there is none, then does all of `work` or nothing. */
export async function fillSqlite<Result>(
  path: string,
  work: (db: Transaction<Tables>, place: string) => Promise<Result>,
): Promise<Result> {
  const database = new DatabaseSync(path, { timeout: 5000, enableForeignKeyConstraints: true })
  const db = kyselyOver(database)
  try {
    chmodSync(path, 0o600)
    database.exec('PRAGMA synchronous = FULL')
    await migrate(db, sqliteDialect, path)
    return await db.transaction().execute((transaction) => work(transaction, path))
  } finally {
    await db.destroy()
    if (database.isOpen) database.close()
  }
}
