/** What is kept of one blob: its first bytes, without a gap, in a place of its own in the spool's file. */
import type { FileHandle } from 'node:fs/promises'
import type { WriteBacklog } from './write-backlog.ts'

/** One write for so much: TLS brings 16 KiB at a time. */
const writeBytes = 1024 * 1024
/** A disk that is further behind than this is not waited for: what comes is not kept. */
const mostWaitingBytes = 8 * 1024 * 1024
const readBytes = 256 * 1024

export class KeptBlob {
  readonly #file: FileHandle
  readonly #place: number
  readonly #backlog: WriteBacklog
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  /** Bytes that were taken, on the disk or on their way there. */
  #taken = 0
  #onDisk = 0
  #writing: Promise<void> | null = null
  #failed = false

  constructor(file: FileHandle, place: number, backlog: WriteBacklog) {
    this.#file = file
    this.#place = place
    this.#backlog = backlog
  }

  /** Takes what comes next; what leaves a gap or is there already is left out. Never waits. */
  keep(offset: number, chunk: Uint8Array): void {
    const fresh = this.#taken - offset
    if (fresh < 0 || fresh >= chunk.length) return
    if (this.#failed || this.#waitingBytes >= mostWaitingBytes) return
    const part = chunk.subarray(fresh)
    if (!this.#backlog.take(part.length)) return
    this.#waiting.push(part)
    this.#waitingBytes += part.length
    this.#taken += part.length
    if (this.#waitingBytes >= writeBytes) this.flush()
  }

  /** Begins to write what waits. */
  flush(): void {
    if (this.#waitingBytes === 0 || this.#writing !== null) return
    this.#writing = this.#write()
  }

  /** How many bytes can be read, once all that was taken is on the disk. */
  async length(): Promise<number> {
    for (this.flush(); this.#writing !== null; this.flush()) await this.#writing
    return this.#onDisk
  }

  /** Throws where the spool is gone by now; whoever reads then asks the registry. */
  async *read(start: number, end: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = start; at < end;) {
      const buffer = Buffer.allocUnsafe(Math.min(readBytes, end - at))
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#place + at)
      if (bytesRead === 0) throw new Error('less is kept than was written')
      at += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  }

  async #write(): Promise<void> {
    const chunks = this.#waiting
    const bytes = this.#waitingBytes
    this.#waiting = []
    this.#waitingBytes = 0
    try {
      const { bytesWritten } = await this.#file.writev(chunks, this.#place + this.#onDisk)
      if (bytesWritten !== bytes) throw new Error('the disk took a part')
      this.#onDisk += bytes
    } catch {
      // A full disk, or a spool that gave way: what is there stays good, and nothing is added.
      this.#failed = true
      this.#backlog.give(this.#waitingBytes)
      this.#waiting = []
      this.#waitingBytes = 0
    }
    this.#backlog.give(bytes)
    this.#writing = null
    if (this.#waitingBytes >= writeBytes) this.flush()
  }
}
