/** The file behind the ledger: JSON lines, appended and synced, readable after a crash at any byte, shared by processes. */
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { problem } from '@fairlead/contract/problems'
import { ExclusiveLock } from '../process/exclusive-lock.ts'
import { openStateDir } from '../process/state-dir.ts'
import { parseLedgerEntry, type LedgerEntry } from './ledger-entry.ts'

/** A write takes milliseconds; a process that holds the lock longer is stuck. */
const lockWaitMs = 15_000

export class LedgerFile implements AsyncDisposable {
  readonly #handle: FileHandle
  readonly #folder: string
  /** Keeps several processes, such as two runs of `fairlead pull`, from writing at once. */
  readonly #lock: ExclusiveLock
  /** How much of the file has been read: whole lines that are on the disk. */
  #length = 0

  private constructor(handle: FileHandle, folder: string) {
    this.#handle = handle
    this.#folder = folder
    this.#lock = new ExclusiveLock(join(folder, 'pulls.lock.sqlite'))
  }

  static async open(stateDir: string): Promise<{ file: LedgerFile; entries: readonly LedgerEntry[] }> {
    openStateDir(stateDir)
    const handle = await open(join(stateDir, 'pulls.jsonl'), 'a+', 0o600)
    const file = new LedgerFile(handle, stateDir)
    try {
      using _held = await file.#holdLock()
      const entries = await file.#news()
      await syncFolder(stateDir)
      return { file, entries }
    } catch (error) {
      await file[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Appends what `make` returns once it has received what others added. On return, either all of it is on the disk or none is in the file. */
  async append(make: (news: readonly LedgerEntry[]) => readonly LedgerEntry[]): Promise<void> {
    using _held = await this.#holdLock()
    const bytes = Buffer.from(
      make(await this.#news())
        .map((entry) => `${JSON.stringify(entry)}\n`)
        .join(''),
    )
    try {
      await this.#handle.appendFile(bytes)
      await this.#handle.datasync()
    } catch (error) {
      await this.#handle.truncate(this.#length)
      throw error
    }
    this.#length += bytes.length
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lock[Symbol.dispose]()
    await this.#handle.close()
  }

  /** Until disposed; throws STATE_DIR_IN_USE if another process keeps it. */
  async #holdLock(): Promise<Disposable> {
    if (!(await this.#lock.takeWithin(lockWaitMs))) throw problem('STATE_DIR_IN_USE', { path: this.#folder })
    return { [Symbol.dispose]: () => this.#lock.release() }
  }

  /** What was added since the last read. Under the lock there are no writers: a line without an end was cut off by a crash, and never reported. */
  async #news(): Promise<readonly LedgerEntry[]> {
    const { size } = await this.#handle.stat()
    if (size <= this.#length) return []
    const added = Buffer.alloc(size - this.#length)
    const { bytesRead } = await this.#handle.read(added, 0, added.length, this.#length)
    const whole = added.subarray(0, bytesRead).lastIndexOf('\n') + 1
    if (whole < added.length) await this.#handle.truncate(this.#length + whole)
    this.#length += whole
    const lines = added.subarray(0, whole).toString('utf8').split('\n')
    return lines.map(parseLedgerEntry).filter((entry) => entry !== null)
  }
}

/** A new file survives a power cut only once its folder has been synced. */
async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r')
  await folder.sync()
}
