/** An SQLite database that is looked at or filled by hand, without the part of a control plane. */
import { chmodSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { problem } from '@fairlead/contract/problems'
import type { Kysely, Transaction } from 'kysely'
import { migrate, migrations } from '../store/migrate.ts'
import type { Tables } from '../store/row.ts'
import { sqliteDialect } from '../store/sqlite/sqlite.ts'
import { kyselyOver } from '../store/sqlite/kysely-dialect.ts'
import { openToRead, schemaVersion } from './open-database.ts'

/** A backup, of the schema of this version. */
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

/** Makes the schema where there is none, then does all of `work` or nothing. */
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
