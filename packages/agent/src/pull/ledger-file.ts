/** The file behind the ledger: JSON lines, appended and synced, readable after a crash at any byte. */
import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { parseLedgerEntry, type LedgerEntry } from './ledger-entry.ts'

export class LedgerFile implements AsyncDisposable {
  readonly #handle: FileHandle
  /** How much of the file is whole lines that are on the disk. */
  #length: number

  private constructor(handle: FileHandle, length: number) {
    this.#handle = handle
    this.#length = length
  }

  static async open(stateDir: string): Promise<{ file: LedgerFile; entries: readonly LedgerEntry[] }> {
    await mkdir(stateDir, { recursive: true, mode: 0o700 })
    const handle = await open(join(stateDir, 'pulls.jsonl'), 'a+', 0o600)
    try {
      const content = await handle.readFile()
      const length = content.lastIndexOf('\n') + 1
      // What follows the last line break was cut off by a crash before anybody was told of it.
      if (length < content.length) await handle.truncate(length)
      await syncFolder(stateDir)
      const lines = content.subarray(0, length).toString('utf8').split('\n')
      return {
        file: new LedgerFile(handle, length),
        entries: lines.map(parseLedgerEntry).filter((entry) => entry !== null),
      }
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** All of them are on the disk when this returns, or none of them is in the file. */
  async append(entries: readonly LedgerEntry[]): Promise<void> {
    const bytes = Buffer.from(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
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
    await this.#handle.close()
  }
}

/** A new file survives a power cut only once its folder is on the disk. */
async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r')
  await folder.sync()
}
