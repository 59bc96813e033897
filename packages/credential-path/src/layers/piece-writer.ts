/** Writes what one connection brings: in large pieces, one at a time. A slow disk makes the connection wait. */
import type { BlobFile } from './blob-file.ts'

/** TLS delivers 16 KiB at a time. At most twice this waits in memory. */
const writeBytes = 512 * 1024
/** A slow registry's bytes are written after this time: readers wait for them. */
const soonMs = 20

export class PieceWriter {
  readonly #file: BlobFile
  #at: number
  #waiting: Uint8Array[] = []
  #bytes = 0
  #writing: Promise<void> | null = null
  #soon: NodeJS.Timeout | null = null

  constructor(file: BlobFile, at: number) {
    this.#file = file
    this.#at = at
  }

  /** A promise if the disk is behind: no more may come before it resolves. It rejects if the disk fails. */
  take(chunk: Uint8Array): Promise<void> | null {
    this.#waiting.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes >= writeBytes) return this.#writeInTurn()
    this.#soon ??= setTimeout(() => this.#writeSoon(), soonMs)
    return null
  }

  /** Resolves when everything taken is on the disk; throws if the disk fails. */
  async flush(): Promise<void> {
    for (this.#write(); this.#writing !== null; this.#write()) await this.#writing
  }

  async #writeInTurn(): Promise<void> {
    await this.#writing
    this.#write()
  }

  #writeSoon(): void {
    this.#soon = null
    if (this.#writing === null) this.#write()
    else this.#soon = setTimeout(() => this.#writeSoon(), soonMs)
  }

  #write(): void {
    if (this.#bytes === 0 || this.#writing !== null) return
    if (this.#soon !== null) clearTimeout(this.#soon)
    this.#soon = null
    const [at, chunks, bytes] = [this.#at, this.#waiting, this.#bytes]
    this.#at += bytes
    this.#waiting = []
    this.#bytes = 0
    this.#writing = this.#file.write(at, chunks, bytes).finally(() => {
      this.#writing = null
    })
    // Whoever writes next learns of it, too.
    this.#writing.catch(() => undefined)
  }
}
