/**
 * The file behind the ledger: JSON lines, appended and synced, readable after a crash at any byte, shared by processes. Once it is long, another one
 * begins with what still counts, and it keeps its records under another name: a pull must not read all that this machine ever pulled.
 */
import { link, open, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { problem } from '@fairlead/contract/problems'
import { ExclusiveLock } from '../process/exclusive-lock.ts'
import { openStateDir } from '../process/state-dir.ts'
import { parseLedgerEntry, type LedgerEntry } from './ledger-entry.ts'

/** A write takes milliseconds; a process that holds the lock longer is stuck. */
const lockWaitMs = 15_000
/** Some 2,000 pulls, which are read in a tenth of a second. */
const longBytes = 4 * 1024 * 1024

export interface LedgerReader {
  apply(entry: LedgerEntry): void
  /** All that a new file must begin with. */
  standing(): readonly LedgerEntry[]
}

export class LedgerFile implements AsyncDisposable {
  readonly #folder: string
  readonly #path: string
  readonly #reader: LedgerReader
  /** Keeps several processes, such as two runs of `fairlead pull`, from writing at once. */
  readonly #lock: ExclusiveLock
  #handle: FileHandle
  /** How much of the file has been read: whole lines that are on the disk. */
  #length = 0
  /** A file without any was taken away, and its successor must begin with what still counts. */
  #hadLines = false
  #longAt = longBytes

  private constructor(handle: FileHandle, folder: string, reader: LedgerReader) {
    this.#handle = handle
    this.#folder = folder
    this.#path = pathIn(folder)
    this.#reader = reader
    this.#lock = new ExclusiveLock(join(folder, 'pulls.lock.sqlite'))
  }

  static async open(stateDir: string, reader: LedgerReader): Promise<LedgerFile> {
    openStateDir(stateDir)
    const file = new LedgerFile(await openLines(pathIn(stateDir)), stateDir, reader)
    try {
      using _held = await file.#holdLock()
      await file.#readNews()
      await syncFolder(stateDir)
      return file
    } catch (error) {
      await file[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Appends what `make` returns once the reader has what others added. On return, either all of it is on the disk or none is in the file. */
  async append(make: () => readonly LedgerEntry[]): Promise<void> {
    using _held = await this.#holdLock()
    this.#hadLines ||= this.#length > 0
    await this.#readNews()
    const made = make()
    const isTakenAway = this.#hadLines && this.#length === 0
    const bytes = linesOf(isTakenAway ? [...this.#reader.standing(), ...made] : made)
    try {
      await this.#handle.appendFile(bytes)
      await this.#handle.datasync()
    } catch (error) {
      await this.#handle.truncate(this.#length)
      throw error
    }
    this.#length += bytes.length
    for (const entry of made) this.#reader.apply(entry)
    if (this.#length > this.#longAt) await this.#beginAnother().catch(() => 'the next append tries again')
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
  async #readNews(): Promise<void> {
    await this.#follow()
    const { size } = await this.#handle.stat()
    // Somebody emptied it, as logs are.
    if (size < this.#length) this.#length = 0
    let pieceBytes = longBytes
    while (this.#length < size) {
      const piece = Buffer.alloc(Math.min(size - this.#length, pieceBytes))
      const { bytesRead } = await this.#handle.read(piece, 0, piece.length, this.#length)
      const whole = piece.subarray(0, bytesRead).lastIndexOf('\n') + 1
      if (whole === 0 && this.#length + bytesRead < size) pieceBytes *= 2
      else if (whole === 0) return this.#handle.truncate(this.#length)
      for (const line of piece.toString('utf8', 0, whole).split('\n')) {
        const entry = parseLedgerEntry(line)
        if (entry !== null) this.#reader.apply(entry)
      }
      this.#length += whole
    }
  }

  /** To the file that another process has begun. */
  async #follow(): Promise<void> {
    const [mine, named] = await Promise.all([this.#handle.stat(), stat(this.#path).catch(() => null)])
    if (mine.ino === named?.ino && mine.dev === named.dev) return
    const before = this.#handle
    this.#handle = await openLines(this.#path)
    this.#length = 0
    await before.close()
  }

  /** After a crash at any point, the ledger's name is that of a whole file. */
  async #beginAnother(): Promise<void> {
    const bytes = linesOf(this.#reader.standing())
    this.#longAt = Math.max(longBytes, 2 * bytes.length)
    if (this.#length <= this.#longAt) return
    const path = `${this.#path}.new`
    await rm(path, { force: true })
    const handle = await openLines(path)
    try {
      await handle.appendFile(bytes)
      await handle.datasync()
      await link(this.#path, join(this.#folder, `pulls-${new Date().toISOString().replaceAll(':', '-')}.jsonl`))
      await rename(path, this.#path)
    } catch (error) {
      await handle.close()
      await rm(path, { force: true })
      throw error
    }
    await this.#handle.close()
    this.#handle = handle
    this.#length = bytes.length
    await syncFolder(this.#folder)
  }
}

const pathIn = (folder: string): string => join(folder, 'pulls.jsonl')
const openLines = (path: string): Promise<FileHandle> => open(path, 'a+', 0o600)
const linesOf = (entries: readonly LedgerEntry[]): Buffer =>
  Buffer.from(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))

/** A new file survives a power cut only once its folder has been synced. */
async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r')
  await folder.sync()
}
