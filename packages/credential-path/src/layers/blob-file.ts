/**
 * The received parts of one blob, in a file without a name: nobody can open it, and the kernel frees it with the process, however that
 * ends. The part without a gap is hashed as it grows; the whole is right or wrong once.
 */
import { createHash, randomBytes } from 'node:crypto'
import { open, unlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { ByteRange, Descriptor } from '../registry/image/pull-ticket.ts'
import { gapsBetween, withSpan } from './fetch-plan.ts'
import type { BlobStart } from './verified-blob.ts'

const readBytes = 256 * 1024

export class BlobFile {
  readonly #file: FileHandle
  readonly #blob: Descriptor
  readonly #onChange: () => void
  readonly #hash = createHash('sha256')
  #received: readonly ByteRange[] = []
  #hashed = 0
  /** The newest of what can be read: most readers wait for just that. */
  #latest: { readonly at: number; readonly chunks: readonly Uint8Array[] } = { at: 0, chunks: [] }
  #hashing: Promise<void> | null = null
  #verdict: 'open' | 'right' | 'wrong' = 'open'
  #isBroken = false

  private constructor(file: FileHandle, blob: Descriptor, onChange: () => void) {
    this.#file = file
    this.#blob = blob
    this.#onChange = onChange
  }

  /** The folder must be the agent's own. `onChange` is called whenever more can be read, or it is known that no more will come. */
  static async open(folder: string, blob: Descriptor, onChange: () => void): Promise<BlobFile> {
    const path = join(folder, `blob-${randomBytes(8).toString('hex')}`)
    const file = await open(path, 'wx+', 0o600)
    try {
      await unlink(path)
    } catch (error) {
      await file.close()
      throw error
    }
    return new BlobFile(file, blob, onChange)
  }

  /** In order, without overlap. */
  get received(): readonly ByteRange[] {
    return this.#received
  }

  /** Bytes on the disk. */
  get written(): number {
    return this.#received.reduce((sum, { start, end }) => sum + end - start, 0)
  }

  /** How much can be read: everything up to the first gap. */
  get readable(): number {
    return this.#hashed
  }

  /** Whether size and digest of the whole are right; `open` until it is there. */
  get verdict(): 'open' | 'right' | 'wrong' {
    return this.#verdict
  }

  /** The disk failed: nothing more is kept, but what can be read stays. */
  get isBroken(): boolean {
    return this.#isBroken
  }

  /** What a stream needs to continue after the readable part. */
  get start(): BlobStart {
    return { bytes: this.#hashed, hash: this.#hash.copy() }
  }

  /** What is here already stays as it is: it may have been hashed. Throws if the disk fails. */
  async write(at: number, chunks: readonly Uint8Array[], bytes: number): Promise<void> {
    const span = { start: at, end: at + bytes }
    const missing = gapsBetween(this.#received, span.end).filter(({ end }) => end > at)
    const isNew = missing.length === 1 && (missing[0]?.start ?? at) <= at
    if (isNew) await this.#write(at, chunks, bytes)
    else {
      const whole = Buffer.concat(chunks)
      for (const { start, end } of missing) {
        const from = Math.max(start, at)
        await this.#write(from, [whole.subarray(from - at, end - at)], end - from)
      }
    }
    this.#received = withSpan(this.#received, span)
    // What comes in order need not be read back.
    if (isNew && this.#hashing === null && at === this.#hashed) this.#take(chunks, bytes)
    if (this.#hashing === null && this.#hashed < this.#withoutGap) this.#hashing = this.#hashOn()
  }

  /** Resolves when everything up to the first gap can be read. */
  async hashed(): Promise<void> {
    await this.#hashing
  }

  /** Throws if the disk fails. */
  async *read(start: number, end: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = start; at < end;) {
      for (const chunk of this.#recent(at) ?? [await this.#chunk(at, end)]) {
        const wanted = chunk.subarray(0, end - at)
        at += wanted.length
        if (wanted.length > 0) yield wanted
      }
    }
  }

  /** Its bytes are free again when this returns. */
  async close(): Promise<void> {
    this.#break()
    await this.#hashing
    await this.#file.close().catch(() => undefined)
  }

  async #write(at: number, chunks: readonly Uint8Array[], bytes: number): Promise<void> {
    try {
      if (this.#isBroken) throw new Error('the disk failed before')
      const { bytesWritten } = await this.#file.writev(chunks, at)
      if (bytesWritten !== bytes) throw new Error('the disk took a part')
    } catch (error) {
      this.#break()
      throw error
    }
  }

  async #hashOn(): Promise<void> {
    try {
      while (!this.#isBroken && this.#hashed < this.#withoutGap) {
        const chunk = await this.#chunk(this.#hashed, this.#withoutGap)
        this.#take([chunk], chunk.length)
      }
    } catch {
      // The disk failed, as readers learn.
    }
    this.#hashing = null
  }

  #take(chunks: readonly Uint8Array[], bytes: number): void {
    for (const chunk of chunks) this.#hash.update(chunk)
    this.#latest = { at: this.#hashed, chunks }
    this.#hashed += bytes
    if (this.#hashed === this.#blob.size) this.#judge()
    this.#onChange()
  }

  /** What follows from memory, if it is there. */
  #recent(from: number): readonly Uint8Array[] | null {
    const { at, chunks } = this.#latest
    return at === from && chunks.length > 0 ? chunks : null
  }

  get #withoutGap(): number {
    const [first] = this.#received
    return first?.start === 0 ? first.end : 0
  }

  #judge(): void {
    this.#latest = { at: 0, chunks: [] }
    this.#verdict = `sha256:${this.#hash.copy().digest('hex')}` === this.#blob.digest ? 'right' : 'wrong'
  }

  async #chunk(at: number, end: number): Promise<Uint8Array> {
    try {
      const buffer = Buffer.allocUnsafe(Math.min(readBytes, end - at))
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, at)
      if (bytesRead === 0) throw new Error('less is there than was written')
      return buffer.subarray(0, bytesRead)
    } catch (error) {
      this.#break()
      throw error
    }
  }

  #break(): void {
    this.#isBroken = true
    this.#onChange()
  }
}
