/**
 * Keeps several processes (such as two runs of `fairlead pull`) from writing one ledger at once. It is SQLite's own exclusive lock on a
 * small database, which the kernel releases with the process: `kill -9` leaves nothing stale.
 */
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { problem } from '@fairlead/contract/problems'
import { createPrivate } from '../process/state-dir.ts'

const sqliteBusy = 5
const lookAgainMs = 5
/** A write takes milliseconds; a process that holds it longer is stuck. */
const waitMs = 15_000

export class LedgerLock implements Disposable {
  readonly #folder: string
  readonly #database: DatabaseSync

  constructor(folder: string, path: string) {
    this.#folder = folder
    createPrivate(path)
    this.#database = new DatabaseSync(path, { timeout: 0 })
  }

  /** Held until disposed; throws STATE_DIR_IN_USE if another process keeps it. */
  async hold(): Promise<Disposable> {
    const deadline = performance.now() + waitMs
    while (!this.#take()) {
      if (performance.now() > deadline) throw problem('STATE_DIR_IN_USE', { path: this.#folder })
      await sleep(lookAgainMs)
    }
    return { [Symbol.dispose]: () => this.#database.exec('ROLLBACK') }
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }

  #take(): boolean {
    try {
      this.#database.exec('BEGIN EXCLUSIVE')
      return true
    } catch (error) {
      if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return false
      throw error
    }
  }
}
