/** A span of a registry's blob as one stream: a cut or silent connection is resumed at its byte. Nothing in it is verified yet. */
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import { interruption, pause } from '../process/until-aborted.ts'
import { corrupt, type BlobSource, type ByteRange, type Descriptor } from '../registry/image/pull-ticket.ts'

export interface BlobPatience {
  /** How long the registry may send nothing. */
  readonly stallMs: number
  /** How many attempts are made without receiving a byte in between. */
  readonly retries: number
  /** The pause before the first of these; doubled for each one that follows. */
  readonly pauseMs: number
}

export const defaultPatience: BlobPatience = { stallMs: 30_000, retries: 4, pauseMs: 250 }

/** A span whose connection breaks this often is given up, even if each connection delivers a little. */
const mostBreaks = 200

/** A connection that stalls after less than this made no progress. */
const leastProgress = 64 * 1024

/** A blob, and who gives it. */
export interface WantedBlob {
  readonly blob: Descriptor
  readonly source: BlobSource
  readonly patience: BlobPatience
}

export interface BlobWatch {
  readonly signal: AbortSignal
  /** Everything that the registry sends, even what is skipped. If several readers wait for one fetch, it counts for one of them. */
  readonly onFetched?: (bytes: number) => void
  /** A connection continues where another one ended. */
  readonly onResumed?: () => void
  /** Which layer of its image it is, if it is one: engines unpack them in order. */
  readonly rank?: number
}

export interface SpanWatch extends BlobWatch {
  /** Called with each answer; false: the stream ends here, without it. */
  readonly accepts?: (answered: ByteRange, asked: ByteRange | null) => boolean
}

/**
 * Throws only Problems. From a registry without Range it yields the rest of the blob, not only the span. A single generator rather than one
 * per concern, since a layer has ten thousand chunks.
 */
export async function* resumedSpan(
  { blob, source, patience }: WantedBlob,
  span: ByteRange,
  { signal, onFetched, onResumed, accepts = () => true }: SpanWatch,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { registry } = source.where
  let { start: at, end } = span
  let vain = 0
  for (let breaks = 0; at < end; breaks++) {
    const before = at
    let broken = problem('REGISTRY_UNREACHABLE', { registry })
    const clock = new StallClock(patience.stallMs)
    try {
      if (at > span.start) onResumed?.()
      const asked = at === 0 && end === blob.size ? null : { start: at, end }
      const stream = await source.fetchBlob(blob, asked, AbortSignal.any([signal, clock.stopped]))
      if (!accepts(stream.span, asked)) {
        clock.stop()
        return
      }
      end = Math.max(end, stream.span.end)
      // A registry without Range starts from the beginning: skip what we have.
      let skip = at - stream.span.start
      clock.wait()
      for await (const received of stream.body) {
        clock.rest()
        onFetched?.(received.length)
        const chunk = skip === 0 ? received : received.subarray(skip)
        skip = Math.max(skip - received.length, 0)
        at += chunk.length
        if (at > end) throw corrupt(source.where)
        if (chunk.length > 0) yield chunk
        // We do not wait for anything after the last byte.
        if (at === end) return
        clock.wait()
      }
    } catch (error) {
      if (signal.aborted) throw interruption(signal)
      if (clock.stopped.aborted) broken = problem('PULL_STALLED', { registry, seconds: patience.stallMs / 1000 })
      else if (isProblem(error)) broken = error
    } finally {
      clock.end()
    }
    const isProgress = at - before >= (broken.code === 'PULL_STALLED' ? leastProgress : 1)
    vain = isProgress ? 0 : vain + 1
    if (!canResume(broken) || vain > patience.retries || breaks >= mostBreaks) throw broken
    await pause(patience.pauseMs * 2 ** Math.max(vain - 1, 0), signal)
  }
}

/** Runs only while waiting for the registry, not while the reader is busy; one timer per connection. */
class StallClock {
  readonly #connection = new AbortController()
  readonly #timer: NodeJS.Timeout
  #waiting = false

  constructor(stallMs: number) {
    this.#timer = setTimeout(() => {
      if (this.#waiting) this.stop()
    }, stallMs)
  }

  get stopped(): AbortSignal {
    return this.#connection.signal
  }

  wait(): void {
    this.#waiting = true
    this.#timer.refresh()
  }

  rest(): void {
    this.#waiting = false
  }

  /** Drops the connection. */
  stop(): void {
    this.#connection.abort()
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}

/** The registry client handles rate limits; what it reports about them is for the caller to judge. A login that is on record is sent no more. */
const canResume = ({ row, code }: Problem): boolean =>
  row.retry && code !== 'REGISTRY_RATE_LIMITED' && code !== 'INTERRUPTED'
