/**
 * A registry blob as one stream in which every byte is accounted for: a cut or silent connection is resumed by offset, and the last chunk
 * is held back until digest and size match, so that a wrong blob is never delivered whole.
 */
import { createHash } from 'node:crypto'
import { registryOf } from '@fairlead/contract/names'
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import type { Descriptor, PullTicket } from '../registry/image/pull-ticket.ts'
import { interruption, pause } from '../process/until-aborted.ts'

export interface BlobPatience {
  /** How long the registry may send nothing. */
  readonly stallMs: number
  /** How many attempts are made without receiving a byte in between. */
  readonly retries: number
  /** The pause before the first of these; doubled for each one that follows. */
  readonly pauseMs: number
}

export const defaultPatience: BlobPatience = { stallMs: 30_000, retries: 4, pauseMs: 250 }

/** A blob whose connection breaks this often is given up, even if each connection delivers a little. */
const mostBreaks = 200

/** A connection that stalls after less than this made no progress. */
const leastProgress = 64 * 1024

/** Throws only Problems. A single generator rather than one per concern, since a layer has ten thousand chunks. */
export async function* verifiedBlob(
  ticket: PullTicket,
  blob: Descriptor,
  patience: BlobPatience,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('sha256')
  let offset = 0
  let vain = 0
  for (let breaks = 0; offset < blob.size; breaks++) {
    const before = offset
    let broken = problem('REGISTRY_UNREACHABLE', { registry: registryOf(ticket.image).key })
    const clock = new StallClock(patience.stallMs)
    try {
      const stream = await ticket.fetchBlob(blob, offset, AbortSignal.any([signal, clock.stalled]))
      // A registry without Range starts from the beginning: skip what we have.
      let skip = offset - stream.offset
      clock.wait()
      for await (const received of stream.body) {
        clock.rest()
        const chunk = skip === 0 ? received : received.subarray(skip)
        skip = Math.max(skip - received.length, 0)
        offset += chunk.length
        hash.update(chunk)
        if (offset > blob.size) throw corrupt(ticket)
        if (offset === blob.size && `sha256:${hash.digest('hex')}` !== blob.digest) throw corrupt(ticket)
        if (chunk.length > 0) yield chunk
        // We do not wait for anything after the last byte.
        if (offset === blob.size) return
        clock.wait()
      }
    } catch (error) {
      if (signal.aborted) throw interruption(signal)
      if (clock.stalled.aborted) broken = stalled(ticket, patience)
      else if (isProblem(error)) broken = error
    } finally {
      clock.end()
    }
    const isProgress = offset - before >= (broken.code === 'PULL_STALLED' ? leastProgress : 1)
    vain = isProgress ? 0 : vain + 1
    if (!canResume(broken) || vain > patience.retries || breaks >= mostBreaks) throw broken
    await pause(patience.pauseMs * 2 ** Math.max(vain - 1, 0), signal)
  }
}

/** Runs only while waiting for the registry, not while Docker is busy; one timer per connection. */
class StallClock {
  readonly #stall = new AbortController()
  readonly #timer: NodeJS.Timeout
  #waiting = false

  constructor(stallMs: number) {
    this.#timer = setTimeout(() => {
      if (this.#waiting) this.#stall.abort()
    }, stallMs)
  }

  get stalled(): AbortSignal {
    return this.#stall.signal
  }

  wait(): void {
    this.#waiting = true
    this.#timer.refresh()
  }

  rest(): void {
    this.#waiting = false
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}

/** The registry client handles rate limits; what it reports about them is final here. */
const canResume = (broken: Problem): boolean => broken.row.retry && broken.code !== 'REGISTRY_RATE_LIMITED'

const stalled = ({ image }: PullTicket, { stallMs }: BlobPatience): Problem =>
  problem('PULL_STALLED', { registry: registryOf(image).key, seconds: stallMs / 1000 })

const corrupt = ({ image }: PullTicket): Problem =>
  problem('IMAGE_CORRUPT', { registry: registryOf(image).key, repository: image.path })
