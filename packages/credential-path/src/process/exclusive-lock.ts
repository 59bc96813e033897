/**
 * A lock between processes: SQLite's own exclusive lock on an empty database. The kernel releases it with the process, so `kill -9` leaves nothing
 * stale; and nothing is written, so a full disk does not prevent it.
 */
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { problem } from '@fairlead/contract/problems'
import { createPrivate } from './state-dir.ts'

const sqliteBusy = 5
const lookAgainMs = 5

export class ExclusiveLock implements Disposable {
  readonly #path: string
  readonly #database: DatabaseSync

  constructor(path: string) {
    this.#path = path
    createPrivate(path)
    this.#database = new DatabaseSync(path, { timeout: 0 })
  }

  /** False if another has it. Throws AGENT_STATE_UNREADABLE if the file is not such a lock. */
  take(): boolean {
    try {
      this.#database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
      return true
    } catch (error) {
      if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return false
      throw problem('AGENT_STATE_UNREADABLE', {
        path: this.#path,
        reason: 'it is no lock; if you remove it, it is made again',
      })
    }
  }

  /** False if another keeps it for so long. */
  async takeWithin(waitMs: number): Promise<boolean> {
    const deadline = performance.now() + waitMs
    while (!this.take()) {
      if (performance.now() > deadline) return false
      await sleep(lookAgainMs)
    }
    return true
  }

  release(): void {
    this.#database.exec('ROLLBACK')
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }
}
