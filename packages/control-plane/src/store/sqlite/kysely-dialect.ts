/** Kysely over node:sqlite. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { Kysely, SqliteDialect, type SqliteStatement } from 'kysely'
import type { Tables } from '../row.ts'

/** Prepared statements kept; the program has fewer, the rest come from lists of ids. */
const statementLimit = 400

/** `destroy` closes the database too. */
export function kyselyOver(database: DatabaseSync): Kysely<Tables> {
  const ready = new Map<string, SqliteStatement>()
  const prepare = (sql: string): SqliteStatement => {
    const known = ready.get(sql)
    if (known !== undefined) return known
    if (ready.size >= statementLimit) ready.clear()
    const statement = asKyselyStatement(database.prepare(sql))
    ready.set(sql, statement)
    return statement
  }
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: { close: () => database.close(), prepare } }) })
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
