/** The embedded database: node:sqlite under Kysely, durable at every commit, locked to one process. */
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { Kysely, SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely'
import { lockDataDir } from './data-dir-lock.ts'
import { openKyselyStore } from './kysely-store.ts'
import { migrate } from './migrate.ts'
import type { Migration, MigrationDialect } from './migration.ts'
import type { Tables } from './row.ts'
import type { Store } from './store.ts'

const dialect: MigrationDialect = {
  counting: (column) => column.primaryKey().autoIncrement(),
}

/** Statements kept ready; the program's own are fewer, lists of ids make the rest. */
const statementLimit = 400

export async function openSqliteStore(dataDir: string, migrations?: readonly Migration[]): Promise<Store> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  chmodSync(dataDir, 0o700)
  const lock = lockDataDir(dataDir)
  try {
    const path = join(dataDir, 'fairlead.sqlite')
    const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: openDatabase(path) }) })
    await migrate(db, dialect, path, migrations)
    chmodSync(path, 0o600)
    return openKyselyStore(db, async () => {
      await db.destroy()
      lock[Symbol.dispose]()
    })
  } catch (error) {
    lock[Symbol.dispose]()
    throw error
  }
}

function openDatabase(path: string): SqliteDatabase {
  const database = new DatabaseSync(path, { timeout: 5000, enableForeignKeyConstraints: true })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY')
  const ready = new Map<string, SqliteStatement>()
  return {
    close: () => database.close(),
    prepare(sql) {
      const known = ready.get(sql)
      if (known !== undefined) return known
      if (ready.size >= statementLimit) ready.clear()
      const statement = asKyselyStatement(database.prepare(sql))
      ready.set(sql, statement)
      return statement
    },
  }
}

function asKyselyStatement(statement: StatementSync): SqliteStatement {
  const parametersOf = (values: readonly unknown[]) => values as SQLInputValue[]
  return {
    reader: statement.columns().length > 0,
    all: (values) => statement.all(...parametersOf(values)),
    run: (values) => statement.run(...parametersOf(values)),
    iterate: (values) => statement.iterate(...parametersOf(values)),
  }
}
