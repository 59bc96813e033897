/** One blob that is kept in a file: its readers, and the one fetch that all of them wait for. */
import { createHash } from 'node:crypto'
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import { interruption, untilAborted } from '../process/until-aborted.ts'
import { corrupt, type BlobSource, type ByteRange } from '../registry/image/pull-ticket.ts'
import { BlobFetch } from './blob-fetch.ts'
import { BlobFile } from './blob-file.ts'
import type { Lanes } from './registry-lanes.ts'
import { type BlobWatch, type WantedBlob } from './resumed-span.ts'
import { partOf, verifiedBlob } from './verified-blob.ts'

/** So much of a reader's range waits until the whole blob is right. */
const heldBackBytes = 64 * 1024

export interface SharedBlobParts extends Omit<WantedBlob, 'source'> {
  readonly lanes: Lanes
  /** How long a fetch continues without a reader. */
  readonly lingerMs: number
  /** Called when the first reader has come, when the last one has left, and when the bytes turned out to be wrong. */
  readonly onUse: () => void
}

interface Reader {
  readonly source: BlobSource
  readonly watch: BlobWatch
  failure: Problem | null
}

export class SharedBlob {
  readonly #parts: SharedBlobParts
  readonly #file: BlobFile
  readonly #readers = new Set<Reader>()
  #fetch: BlobFetch | null = null
  /** Its record counts what is fetched, even in the moment after it left. */
  #payer: BlobWatch | null = null
  #linger: NodeJS.Timeout | null = null
  #isRetired = false
  #changed = Promise.withResolvers<void>()

  private constructor(parts: SharedBlobParts, file: BlobFile) {
    this.#parts = parts
    this.#file = file
  }

  /** The folder must be the agent's own. */
  static async open(folder: string, parts: SharedBlobParts): Promise<SharedBlob> {
    const file = await BlobFile.open(folder, parts.blob, () => shared.#wake())
    const shared = new SharedBlob(parts, file)
    return shared
  }

  get size(): number {
    return this.#parts.blob.size
  }

  get written(): number {
    return this.#file.written
  }

  get isRead(): boolean {
    return this.#readers.size > 0
  }

  /** Wrong bytes, or a disk that failed: of no use to another reader. */
  get isSpoiled(): boolean {
    return this.#file.verdict === 'wrong' || this.#file.isBroken
  }

  /** Throws only Problems. The reader counts as one from here on. */
  read(source: BlobSource, range: ByteRange, watch: BlobWatch): AsyncGenerator<Uint8Array, void, undefined> {
    const reader: Reader = { source, watch, failure: null }
    this.#readers.add(reader)
    if (this.#readers.size === 1) this.#payer = watch
    if (this.#linger !== null) clearTimeout(this.#linger)
    if (this.#readers.size === 1) this.#parts.onUse()
    return this.#read(reader, range)
  }

  /** Is freed when nobody reads it. */
  retire(): void {
    this.#isRetired = true
    if (!this.isRead) void this.discard()
  }

  /** Its bytes are free again when this returns. Whoever still reads is interrupted. */
  async discard(): Promise<void> {
    if (this.#linger !== null) clearTimeout(this.#linger)
    for (const reader of this.#readers) reader.failure ??= problem('INTERRUPTED')
    this.#fetch?.stop()
    await this.#fetch?.ended.catch(() => undefined)
    await this.#file.close()
  }

  async *#read(reader: Reader, { start, end }: ByteRange): AsyncGenerator<Uint8Array, void, undefined> {
    let at = start
    try {
      while (at < end) {
        const upTo = await this.#readable(reader, at, end)
        if (upTo === null) break
        for await (const chunk of this.#file.read(at, upTo)) {
          assertWaiting(reader)
          at += chunk.length
          yield chunk
        }
      }
    } catch (error) {
      if (isProblem(error)) throw error
      // Only the disk throws anything else.
    } finally {
      this.#leave(reader)
    }
    if (at === end) return
    assertWaiting(reader)
    yield* this.#streamOn(reader, { start: at, end })
  }

  /** Up to where a reader may read now, or null if the file will not have more; waits until there is an answer. */
  async #readable(reader: Reader, at: number, end: number): Promise<number | null> {
    for (;;) {
      assertWaiting(reader)
      const { readable, verdict, isBroken } = this.#file
      if (verdict === 'right') return end
      if (verdict === 'wrong') throw corrupt(reader.source.where)
      const upTo = Math.min(readable, end - heldBackBytes)
      if (upTo > at) return upTo
      if (isBroken) return null
      this.#fetch ??= this.#start(reader)
      await untilAborted(this.#changed.promise, reader.watch.signal)
    }
  }

  #start({ source, watch: { rank } }: Reader): BlobFetch {
    const fetch = new BlobFetch({ ...this.#parts, source }, this.#file, this.#parts.lanes, {
      onFetched: (bytes) => this.#payer?.onFetched?.(bytes),
      onResumed: () => this.#payer?.onResumed?.(),
      ...(rank !== undefined && { rank }),
    })
    void this.#finish(fetch)
    return fetch
  }

  async #finish(fetch: BlobFetch): Promise<void> {
    try {
      await fetch.ended
      await this.#file.hashed()
    } catch (error) {
      const failure = isProblem(error) ? error : problem('INTERNAL')
      // If the disk failed, readers continue without it. Those who would ask another source ask it now.
      for (const reader of this.#readers) {
        if (!this.#file.isBroken && reader.source === fetch.source) reader.failure = failure
      }
    }
    this.#fetch = null
    if (this.isSpoiled) this.#parts.onUse()
    this.#wake()
  }

  /** Without the file: from where it ends, or from the start if this reader has not come so far. */
  async *#streamOn({ source, watch }: Reader, range: ByteRange): AsyncGenerator<Uint8Array, void, undefined> {
    const start = range.start === this.#file.readable ? this.#file.start : { bytes: 0, hash: createHash('sha256') }
    const chunks = verifiedBlob({ ...this.#parts, source }, watch, start)
    yield* partOf(chunks, start.bytes, range)
  }

  #leave(reader: Reader): void {
    this.#readers.delete(reader)
    const [next] = this.#readers
    if (next !== undefined) this.#payer = next.watch
    else {
      // An engine that hangs up often asks again at once, and what is on its way has already cost the registry.
      if (this.#fetch !== null) this.#linger = setTimeout(() => this.#fetch?.stop(), this.#parts.lingerMs)
      if (this.#isRetired) void this.discard()
      else this.#parts.onUse()
    }
  }

  #wake(): void {
    const { resolve } = this.#changed
    this.#changed = Promise.withResolvers()
    resolve()
  }
}

/** Throws if the reader hung up, or if there is nothing to wait for. */
function assertWaiting({ failure, watch }: Reader): void {
  if (failure !== null) throw failure
  if (watch.signal.aborted) throw interruption(watch.signal)
}
