/** Keeps several processes (such as two runs of `fairlead pull`) from writing one ledger at once. */
import { problem } from '@fairlead/contract/problems'
import { ExclusiveLock } from '../process/exclusive-lock.ts'

/** A write takes milliseconds; a process that holds it longer is stuck. */
const waitMs = 15_000

export class LedgerLock implements Disposable {
  readonly #folder: string
  readonly #lock: ExclusiveLock

  constructor(folder: string, path: string) {
    this.#folder = folder
    this.#lock = new ExclusiveLock(path)
  }

  /** Held until disposed; throws STATE_DIR_IN_USE if another process keeps it. */
  async hold(): Promise<Disposable> {
    if (!(await this.#lock.takeWithin(waitMs))) throw problem('STATE_DIR_IN_USE', { path: this.#folder })
    return { [Symbol.dispose]: () => this.#lock.release() }
  }

  [Symbol.dispose](): void {
    this.#lock[Symbol.dispose]()
  }
}
