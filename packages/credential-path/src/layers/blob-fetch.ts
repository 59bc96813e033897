/**
 * Fetches what is missing of one blob into its file: over several connections that take pieces in order, where the registry serves ranges;
 * otherwise over one.
 */
import { isProblem } from '@fairlead/contract/problems'
import type { BlobSource, ByteRange } from '../registry/image/pull-ticket.ts'
import type { BlobFile } from './blob-file.ts'
import { gapsBetween, mostConnections, nextPiece, type Ranges, type Sight } from './fetch-plan.ts'
import { PieceWriter } from './piece-writer.ts'
import type { LayerFetch, Lanes } from './registry-lanes.ts'
import { resumedSpan, type BlobWatch, type WantedBlob } from './resumed-span.ts'

/** By then, a near registry has sent more than a far one. */
const soonMs = 100
/** A connection that brings less shows how long a request takes, not how fast it is. */
const tellingBytes = 2 * 1024 * 1024

/** What was known when a connection began with a piece. */
interface Begun {
  readonly piece: ByteRange
  readonly width: number
  readonly ranges: Ranges
}

export class BlobFetch {
  readonly #wanted: WantedBlob
  readonly #file: BlobFile
  readonly #lanes: Lanes
  readonly #watch: Omit<BlobWatch, 'signal'>
  readonly #stop = new AbortController()
  readonly #end = Promise.withResolvers<void>()
  readonly #layer: LayerFetch
  /** The pieces that connections are fetching. */
  readonly #taken = new Set<ByteRange>()
  #failure: { readonly error: unknown } | null = null
  /** How many connections this fetch was not refused. */
  #width = mostConnections
  /** How many there were at once since it last refused. */
  #most = 0

  constructor(wanted: WantedBlob, file: BlobFile, lanes: Lanes, watch: Omit<BlobWatch, 'signal'>) {
    this.#wanted = wanted
    this.#file = file
    this.#lanes = lanes
    this.#watch = watch
    if (file.written > 0) watch.onResumed?.()
    lanes.listen(this.#connect)
    this.#layer = { source: wanted.source, rank: watch.rank ?? 0 }
    lanes.enter(this.#layer)
    this.#connect()
  }

  get source(): BlobSource {
    return this.#wanted.source
  }

  /** Resolves when nothing is missing, and after `stop`; rejects with a Problem, or with what the disk threw. No connection is left then. */
  get ended(): Promise<void> {
    return this.#end.promise
  }

  get isStopped(): boolean {
    return this.#stop.signal.aborted
  }

  /** What is on its way is still written. */
  stop(): void {
    this.#stop.abort()
    this.#connect()
  }

  /** Opens what connections it may, and ends the fetch after the last one. */
  readonly #connect = (): void => {
    for (let piece = this.#next(); piece !== null; piece = this.#next()) {
      if (!this.#lanes.take(this.#taken.size, this.#width)) break
      void this.#work(piece)
    }
    if (this.#taken.size > 0) return
    this.#lanes.ignore(this.#connect)
    this.#lanes.leave(this.#layer)
    if (this.#failure === null) this.#end.resolve()
    else this.#end.reject(this.#failure.error)
  }

  #next(): ByteRange | null {
    if (this.isStopped) return null
    const { size } = this.#wanted.blob
    const missing = gapsBetween([...this.#file.received, ...this.#taken], size)
    const { ranges, width } = this.#lanes
    return nextPiece({ size, missing, others: this.#taken.size, width: Math.min(width, this.#width), ranges })
  }

  /** One connection, from piece to piece. */
  async #work(first: ByteRange): Promise<void> {
    let piece: ByteRange | null = first
    try {
      while (piece !== null) {
        this.#taken.add(piece)
        this.#most = Math.max(this.#most, this.#taken.size)
        await this.#fetch(piece)
        const mayGoOn = this.#lanes.mayGoOn(this.#taken.size, this.#width)
        this.#taken.delete(piece)
        piece = mayGoOn ? this.#next() : null
      }
    } catch (error) {
      this.#failure ??= { error }
      this.#stop.abort()
    }
    if (piece !== null) this.#taken.delete(piece)
    this.#lanes.give()
    this.#connect()
  }

  /** What of the piece does not come is missing afterwards, as before. */
  async #fetch(piece: ByteRange): Promise<void> {
    const writer = new PieceWriter(this.#file, piece.start)
    const begun = { piece, width: this.#width, ranges: this.#lanes.ranges }
    const wanted = begun.ranges === 'ignored' ? wholeOnly(this.#wanted) : this.#wanted
    const accepts = (answered: ByteRange, asked: ByteRange | null): boolean => this.#learn(answered, asked)
    let speed = new Speedometer()
    try {
      for await (const chunk of resumedSpan(wanted, piece, { ...this.#watch, signal: this.#stop.signal, accepts })) {
        if (speed.passed(chunk.length)) this.#lanes.saw(speed.seen)
        const behind = writer.take(chunk)
        if (behind !== null) await behind
        const turn = this.#lanes.turn(this.#layer, this.#stop.signal)
        if (turn !== null) {
          await turn
          speed = new Speedometer()
        }
      }
      if (speed.isTelling) this.#lanes.saw(speed.seen)
    } catch (error) {
      if (!this.isStopped && !this.#copes(error, begun)) throw error
    } finally {
      await writer.flush()
    }
  }

  /** False: the answer is the whole blob, and other connections are fetching parts of it. */
  #learn(answered: ByteRange, asked: ByteRange | null): boolean {
    if (asked === null) return true
    const isPart = answered.start === asked.start && answered.end === asked.end
    if (!isPart) this.#lanes.ranges = 'ignored'
    else if (this.#lanes.ranges === 'unknown') this.#lanes.ranges = 'served'
    return isPart || this.#taken.size === 1
  }

  /** Whether the rest can be had in another way: over fewer connections, or without ranges. */
  #copes(error: unknown, { piece, width, ranges }: Begun): boolean {
    if (isProblem(error, 'REGISTRY_RATE_LIMITED')) return width > this.#width || this.#narrow()
    const isPart = piece.end - piece.start < this.#wanted.blob.size
    if (!isProblem(error, 'REGISTRY_PROTOCOL') || ranges === 'ignored' || !isPart) return false
    this.#lanes.ranges = 'ignored'
    return true
  }

  /** Half of what was too much. */
  #narrow(): boolean {
    const width = Math.floor(this.#most / 2)
    if (width === 0) return false
    this.#width = width
    this.#most = 0
    this.#lanes.narrow(width)
    return true
  }
}

/** How fast a connection is, from its request on, or since it last waited for its turn. */
class Speedometer {
  readonly #begun = performance.now()
  readonly #loop = performance.eventLoopUtilization()
  #bytes = 0
  #isTold = false

  get seen(): Sight {
    const ms = Math.max(performance.now() - this.#begun, 1)
    return { bytesPerSecond: (this.#bytes / ms) * 1000, busy: performance.eventLoopUtilization(this.#loop).utilization }
  }

  /** Whether enough has come to tell. */
  get isTelling(): boolean {
    return this.#bytes >= tellingBytes
  }

  /** True once, soon: others can begin long before the piece is done. */
  passed(bytes: number): boolean {
    this.#bytes += bytes
    if (this.#isTold || performance.now() - this.#begun < soonMs) return false
    this.#isTold = true
    return true
  }
}

const wholeOnly = (wanted: WantedBlob): WantedBlob => ({
  ...wanted,
  source: {
    where: wanted.source.where,
    fetchBlob: (blob, _span, signal) => wanted.source.fetchBlob(blob, null, signal),
  },
})
