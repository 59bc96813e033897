/** The kept part of one blob: its first bytes, without a gap, in its own region of the spool file. */
import type { FileHandle } from 'node:fs/promises'
import type { WriteBacklog } from './write-backlog.ts'

/** Written in pieces of this size: TLS delivers 16 KiB at a time. */
const writeBytes = 1024 * 1024
/** We do not wait for a disk that is further behind than this: what arrives is not kept. */
const mostWaitingBytes = 8 * 1024 * 1024
const readBytes = 256 * 1024

export class KeptBlob {
  readonly #file: FileHandle
  readonly #place: number
  readonly #backlog: WriteBacklog
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  /** Bytes accepted, on the disk or on their way there. */
  #taken = 0
  #onDisk = 0
  #writing: Promise<void> | null = null
  #failed = false

  constructor(file: FileHandle, place: number, backlog: WriteBacklog) {
    this.#file = file
    this.#place = place
    this.#backlog = backlog
  }

  /** Takes the next bytes; skips any that leave a gap or are already present. Never waits. */
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

  /** Starts writing what is waiting. */
  flush(): void {
    if (this.#waitingBytes === 0 || this.#writing !== null) return
    this.#writing = this.#write()
  }

  /** How many bytes can be read, once everything accepted is on the disk. */
  async length(): Promise<number> {
    for (this.flush(); this.#writing !== null; this.flush()) await this.#writing
    return this.#onDisk
  }

  /** Throws if the spool is gone by now; the reader then asks the registry. */
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
      // A full disk, or a spool that was freed: existing bytes stay valid, and nothing is added.
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
