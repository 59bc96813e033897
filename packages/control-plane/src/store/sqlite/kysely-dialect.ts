/** Kysely over node:sqlite, which works in this thread: after some milliseconds of it, others get a turn. */
import { problem } from '@fairlead/contract/problems'
import { statSync } from 'node:fs'
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
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
import { isBusy, sqliteFault } from './fault.ts'

/** Prepared statements kept; the program has fewer, the rest come from lists of ids. */
const statementLimit = 400
const turnMs = 3
/** How long a write waits for another program that writes: a copier of the log, or a person with a shell. */
const patienceMs = 1000
const retryMs = 10
const takenAway =
  'its file was moved, removed or replaced; put it back, or restart Fairlead to use the one that is there now'

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
      throw this.faultOf(error)
    } finally {
      this.#spentMs += performance.now() - began
    }
  }

  faultOf(error: unknown): unknown {
    return sqliteFault(error, this.#place)
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
  readonly #path: string | null
  readonly #file: string | null

  constructor(config: SqliteDialectConfig, database: DatabaseSync, turn: Turn) {
    super(config)
    this.#database = database
    this.#turn = turn
    this.#path = database.location()
    this.#file = fileAt(this.#path)
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection()
    await this.#turn.pass()
    return connection
  }

  /**
   * Each transaction is for a write, and takes the lock at its start: SQLite does not wait for one that a transaction takes after it has read. It is not
   * waited for in SQLite either, which would stop this thread.
   */
  override async beginTransaction(): Promise<void> {
    this.#turn.spend(() => this.#requireFile())
    for (const until = performance.now() + patienceMs; ; await sleep(retryMs)) {
      try {
        this.#database.exec('begin immediate')
        return
      } catch (error) {
        if (!isBusy(error) || performance.now() >= until) throw this.#turn.faultOf(error)
      }
    }
  }

  /** With a write-ahead log, SQLite goes on with a file that was moved or removed, and nothing of it is there after a restart. */
  #requireFile(): void {
    if (this.#path === null || fileAt(this.#path) === this.#file) return
    throw problem('DATABASE_UNUSABLE', { path: this.#path, reason: takenAway })
  }

  /** After a full disk, among others, SQLite has done it already: a second time would fail, and hide the reason. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.isTransaction) await super.rollbackTransaction(connection)
  }
}

function fileAt(path: string | null): string | null {
  const stat = path === null ? undefined : statSync(path, { throwIfNoEntry: false })
  return stat === undefined ? null : `${stat.dev}.${stat.ino}`
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
