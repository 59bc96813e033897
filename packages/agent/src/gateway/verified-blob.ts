/**
 * A blob of the registry as one stream whose every byte is accounted for: a cut or silent connection is resumed by offset, and the last
 * chunk is held back until digest and size are right, so that nobody ever receives the whole of something else.
 */
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { isProblem, problem, registryOf, type Problem } from '@fairlead/contract'
import type { Descriptor, PullTicket } from '../registry/pull-ticket.ts'
import { interruption } from '../until-aborted.ts'

export interface BlobPatience {
  /** How long the registry may send nothing. */
  readonly stallMs: number
  /** How often it is tried again without a byte in between. */
  readonly retries: number
  /** The pause before the first of these; doubled for each that follows. */
  readonly pauseMs: number
}

export const defaultPatience: BlobPatience = { stallMs: 30_000, retries: 4, pauseMs: 250 }

/** A blob that breaks this often is given up, even if each connection brings a little. */
const mostBreaks = 200

/** Throws a Problem and nothing else. */
export async function* verifiedBlob(
  ticket: PullTicket,
  blob: Descriptor,
  patience: BlobPatience,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('sha256')
  let received = 0
  for await (const chunk of resumedBytes(ticket, blob, patience, signal)) {
    received += chunk.length
    hash.update(chunk)
    if (received > blob.size) throw corrupt(ticket)
    if (received === blob.size && `sha256:${hash.digest('hex')}` !== blob.digest) throw corrupt(ticket)
    yield chunk
  }
}

/** The bytes in order, over as many connections as it takes, up to the size of the descriptor or one chunk beyond it. */
async function* resumedBytes(
  ticket: PullTicket,
  blob: Descriptor,
  patience: BlobPatience,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  let offset = 0
  let vain = 0
  for (let breaks = 0; offset < blob.size; breaks++) {
    const before = offset
    let broken = problem('REGISTRY_UNREACHABLE', { registry: registryOf(ticket.image).key })
    try {
      for await (const chunk of oneConnection(ticket, blob, offset, patience, signal)) {
        offset += chunk.length
        yield chunk
        // What comes after the last byte is not waited for.
        if (offset >= blob.size) return
      }
    } catch (error) {
      if (signal.aborted) throw interruption(signal)
      if (isProblem(error)) broken = error
    }
    vain = offset > before ? 0 : vain + 1
    if (!canResume(broken) || vain > patience.retries || breaks >= mostBreaks) throw broken
    await pause(patience.pauseMs * 2 ** Math.max(vain - 1, 0), signal)
  }
}

/** What one connection brings from `offset` on, until it ends, breaks or falls silent. */
async function* oneConnection(
  ticket: PullTicket,
  blob: Descriptor,
  offset: number,
  patience: BlobPatience,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hangUp = new AbortController()
  const stream = await ticket.fetchBlob(blob, offset, AbortSignal.any([signal, hangUp.signal]))
  const chunks = stream.body[Symbol.asyncIterator]()
  // A registry without Range begins anew: what we have is skipped.
  let skip = offset - stream.offset
  try {
    for (;;) {
      const next = await withoutStall(chunks.next(), ticket, patience.stallMs)
      if (next.done === true) return
      const part = skip === 0 ? next.value : next.value.subarray(skip)
      skip = Math.max(skip - next.value.length, 0)
      if (part.length > 0) yield part
    }
  } finally {
    hangUp.abort()
    // Not awaited: a silent connection would keep it waiting.
    chunks.return?.().catch(() => 'the connection is given up in any case')
  }
}

/** The clock runs only while the registry is waited for, not while Docker is busy. */
function withoutStall<Value>(work: Promise<Value>, ticket: PullTicket, stallMs: number): Promise<Value> {
  return new Promise((resolve, reject) => {
    const clock = setTimeout(() => {
      reject(problem('PULL_STALLED', { registry: registryOf(ticket.image).key, seconds: stallMs / 1000 }))
    }, stallMs)
    work.then(resolve, reject).finally(() => clearTimeout(clock))
  })
}

/** Slowing down is the registry client's; what it reports of that is final here. */
const canResume = (broken: Problem): boolean => broken.row.retry && broken.code !== 'REGISTRY_RATE_LIMITED'

const corrupt = ({ image }: PullTicket): Problem =>
  problem('IMAGE_CORRUPT', { registry: registryOf(image).key, repository: image.path })

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal })
  } catch {
    throw interruption(signal)
  }
}
