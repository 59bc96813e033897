/** Opens a database for reading: one consistent snapshot, even during writes by others. */
import { accessSync, constants } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { problem } from '@fairlead/contract/problems'
import { migrations } from '../store/migrate.ts'
import { requireRegularFile, sqliteFault } from '../store/sqlite/fault.ts'

/** `whole`: no other process writes to the file, and it may contain more than the database. */
export function openToRead(path: string, whole: boolean): DatabaseSync {
  requireDatabaseFile(path)
  return asDamage(path, () => {
    const url = pathToFileURL(path)
    if (whole) url.search = 'immutable=1'
    const database = new DatabaseSync(url, { readOnly: true, timeout: 5000 })
    try {
      database.exec('BEGIN')
      if (schemaVersion(database, path) > migrations.length) throw problem('DATABASE_TOO_NEW', { path })
      return database
    } catch (error) {
      database.close()
      throw error
    }
  })
}

/** Throws DATABASE_FILE_MISSING, FILE_FORBIDDEN or DATABASE_UNUSABLE. */
export function requireDatabaseFile(path: string): void {
  try {
    accessSync(path, constants.R_OK)
  } catch (error) {
    const isForbidden = error instanceof Error && 'code' in error && error.code === 'EACCES'
    throw problem(isForbidden ? 'FILE_FORBIDDEN' : 'DATABASE_FILE_MISSING', { path })
  }
  requireRegularFile(path)
}

/** The schema version of the opened database. */
export function schemaVersion(database: DatabaseSync, path: string): number {
  const table = database.prepare("select 1 from sqlite_master where type = 'table' and name = 'schema_version'").get()
  const row = table && database.prepare('select version from schema_version').get()
  if (typeof row?.['version'] !== 'number') throw problem('DATABASE_FILE_MISSING', { path })
  return row['version']
}

/** An SQLite error about a damaged file becomes one of our problems, without SQLite's text. */
export function asDamage<Result>(path: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw sqliteFault(error, path)
  }
}

/** Of what a table or an index can do with a write beside storing or refusing it; nothing that Fairlead makes has such a word. */
const rulesOfItsOwn = /\b(?:as|cascade|check|collate|conflict|delete|update)\b/i

/** SQLite's own check of pages and indexes, plus: nothing in it runs code, and every reference resolves. */
export function checkIntegrity(database: DatabaseSync, path: string): void {
  asDamage(path, () => {
    const faults = database.prepare('PRAGMA integrity_check(100)').all()
    if (faults[0]?.['integrity_check'] !== 'ok') {
      throw problem('DATABASE_DAMAGED', { path, reason: `integrity_check finds ${faults.length} faults or more` })
    }
    // Tables and indexes have pages. Anything without pages, above all a trigger, would outlive a revoked token.
    const [acting] = database.prepare('select type from sqlite_master where rootpage = 0 limit 1').all()
    if (acting !== undefined) {
      throw problem('DATABASE_DAMAGED', {
        path,
        reason: 'it has a trigger, a view or a virtual table, and Fairlead makes none',
      })
    }
    const ruled = database.prepare('select sql from sqlite_master where sql is not null').all()
    if (ruled.some(({ sql }) => rulesOfItsOwn.test(String(sql)))) {
      throw problem('DATABASE_DAMAGED', {
        path,
        reason: 'a table or an index of it has rules of its own, and Fairlead makes none',
      })
    }
    const [lost] = database.prepare('PRAGMA foreign_key_check').all()
    if (lost !== undefined) {
      throw problem('DATABASE_DAMAGED', {
        path,
        reason: `a row of ${String(lost['table'])} refers to one that is not there`,
      })
    }
  })
}

/** The number of rows in each table. */
export function rowCounts(database: DatabaseSync): Record<string, number> {
  const tables = database
    .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite%' order by name")
    .all()
  return Object.fromEntries(
    tables.map(({ name }) => {
      const row = database.prepare(`select count(*) as rows from "${String(name)}"`).get()
      return [String(name), Number(row?.['rows'])]
    }),
  )
}
