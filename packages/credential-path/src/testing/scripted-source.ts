/** For tests: a registry's blob, with the faults that a test wants, and a count of what it was asked for and what it sent. */
import { setImmediate as turn } from 'node:timers/promises'
import { problem } from '@fairlead/contract/problems'
import type { BlobSource, BlobStream, ByteRange, Descriptor, Repository } from '../registry/image/pull-ticket.ts'
import { sha256, silence } from './fake-ticket.ts'

const chunkBytes = 64 * 1024

export class ScriptedSource implements BlobSource {
  readonly where: Repository = { registry: 'registry.example.com', repository: 'team/app' }
  readonly bytes: Uint8Array
  readonly blob: Descriptor
  /** Every request, as sent: `0-` for the whole, `0-99` for a hundred bytes. */
  readonly asked: string[] = []
  /** Bytes that were sent, whether they were used or not. */
  sent = 0
  /** Connections open now, and at most. */
  open = 0
  mostOpen = 0
  hasRange = true
  /** More connections than this are refused for their number. */
  bears = Infinity
  /** What happens to the next requests, first to last: `cut` and `stall` after so many bytes. */
  readonly faults: (Fault | null)[] = []

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.blob = { mediaType: 'application/octet-stream', digest: sha256(bytes), size: bytes.length }
  }

  async fetchBlob({ size }: Descriptor, span: ByteRange | null, signal: AbortSignal): Promise<BlobStream> {
    const { start, end } = span ?? { start: 0, end: size }
    this.asked.push(`${start}-${end === size ? '' : end - 1}`)
    const fault = this.faults.shift() ?? null
    await turn()
    if (fault instanceof Error) throw fault
    if (this.open >= this.bears) throw problem('REGISTRY_RATE_LIMITED', { registry: this.where.registry })
    const answered = this.hasRange ? { start, end } : { start: 0, end: size }
    return { span: answered, body: this.#send(answered, fault, signal) }
  }

  async *#send({ start, end }: ByteRange, fault: Exclude<Fault, Error> | null, signal: AbortSignal) {
    const until = fault === null ? end : Math.min(start + fault.after, end)
    this.open += 1
    this.mostOpen = Math.max(this.mostOpen, this.open)
    try {
      for (let at = start; at < until;) {
        await turn()
        signal.throwIfAborted()
        const next = Math.min(at + chunkBytes, until)
        this.sent += next - at
        yield this.bytes.subarray(at, next)
        at = next
      }
      if (fault?.kind === 'stall') yield* silence(signal)
    } finally {
      this.open -= 1
    }
  }
}

type Fault = Error | { readonly kind: 'cut' | 'stall'; readonly after: number }
