/** Kysely over node:sqlite, which works in this thread: after some milliseconds of it, others get a turn. */
import { setImmediate } from 'node:timers/promises'
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import {
  Kysely,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type Driver,
  type SqliteDialectConfig,
  type SqliteStatement,
} from 'kysely'
import type { Tables } from '../row.ts'
import { sqliteFault } from './fault.ts'

/** Prepared statements kept; the program has fewer, the rest come from lists of ids. */
const statementLimit = 400
const turnMs = 3

/** How long statements took since others had a turn. */
class Turn {
  readonly #place: string
  #spentMs = 0

  constructor(place: string) {
    this.#place = place
  }

  spend<Result>(work: () => Result): Result {
    const began = performance.now()
    try {
      return work()
    } catch (error) {
      throw sqliteFault(error, this.#place)
    } finally {
      this.#spentMs += performance.now() - began
    }
  }

  async pass(): Promise<void> {
    if (this.#spentMs < turnMs) return
    this.#spentMs = 0
    await setImmediate()
  }
}

class TurnsDialect extends SqliteDialect {
  readonly #driver: Driver

  constructor(config: SqliteDialectConfig, database: DatabaseSync, turn: Turn) {
    super(config)
    this.#driver = new TurnsDriver(config, database, turn)
  }

  override createDriver(): Driver {
    return this.#driver
  }
}

/** There is one connection: who waits for it gets it only when the others had their turn. */
class TurnsDriver extends SqliteDriver {
  readonly #database: DatabaseSync
  readonly #turn: Turn

  constructor(config: SqliteDialectConfig, database: DatabaseSync, turn: Turn) {
    super(config)
    this.#database = database
    this.#turn = turn
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection()
    await this.#turn.pass()
    return connection
  }

  /** After a full disk, among others, SQLite has done it already: a second time would fail, and hide the reason. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.isTransaction) await super.rollbackTransaction(connection)
  }
}

/** `destroy` closes the database too. */
export function kyselyOver(database: DatabaseSync): Kysely<Tables> {
  const turn = new Turn(database.location() ?? 'in memory')
  const ready = new Map<string, SqliteStatement>()
  const prepare = (sql: string): SqliteStatement => {
    const known = ready.get(sql)
    if (known !== undefined) return known
    if (ready.size >= statementLimit) ready.clear()
    const statement = asKyselyStatement(
      turn.spend(() => database.prepare(sql)),
      turn,
    )
    ready.set(sql, statement)
    return statement
  }
  return new Kysely<Tables>({
    dialect: new TurnsDialect({ database: { close: () => database.close(), prepare } }, database, turn),
  })
}

function asKyselyStatement(statement: StatementSync, turn: Turn): SqliteStatement {
  const parametersOf = (values: readonly unknown[]) => values as SQLInputValue[]
  return {
    reader: statement.columns().length > 0,
    all: (values) => turn.spend(() => statement.all(...parametersOf(values))),
    run: (values) => turn.spend(() => statement.run(...parametersOf(values))),
    iterate: (values) => statement.iterate(...parametersOf(values)),
  }
}
