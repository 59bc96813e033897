/** What can go wrong with one HTTP answer, and for which requests. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'

export interface CannedAnswer {
  status: number
  headers?: Record<string, string>
  body?: string
}

export type HttpFault =
  /** Answers instead of the server: 429 with `Retry-After`, 503, 403 with HTML, a redirect. */
  | { kind: 'answer'; answer: CannedAnswer | ((request: IncomingMessage) => CannedAnswer) }
  /** Accepts the request and never answers. */
  | { kind: 'hang' }
  /** Closes the connection: at once, or after this many bytes of the body. */
  | { kind: 'cut'; afterBytes?: number; reset?: boolean }
  /** Sends this many bytes of the body, then nothing more. */
  | { kind: 'stall'; afterBytes: number }
  /** Ends the body early as if it were complete: no length is announced. */
  | { kind: 'truncate'; afterBytes: number }
  /** Changes one byte of the body. */
  | { kind: 'corrupt'; atByte: number }
  /** Waits before it forwards the request. */
  | { kind: 'delay'; ms: number }
  /** As above, until its injector releases it. */
  | { kind: 'hold'; until: Promise<unknown> }
  /** Forwards the body at this rate. */
  | { kind: 'slow'; bytesPerSecond: number }

export interface FaultRule {
  method?: string
  /** Matches path and query. */
  path?: RegExp
  /** How often it fires; until removed when absent. */
  times?: number
  fault: HttpFault
}

/** Sends a body the way the fault requires. Returns when the answer is over, even if only because the connection ends. */
export async function sendBody(
  body: AsyncIterable<Uint8Array>,
  response: ServerResponse,
  fault: HttpFault | null,
): Promise<void> {
  let sent = 0
  const limit = fault !== null && 'afterBytes' in fault ? (fault.afterBytes ?? 0) : Number.POSITIVE_INFINITY
  for await (const chunk of body) {
    const part = chunk.subarray(0, limit - sent)
    await write(response, fault?.kind === 'corrupt' ? corrupted(part, fault.atByte - sent) : part)
    sent += part.length
    if (fault?.kind === 'slow') await sleep((part.length / fault.bytesPerSecond) * 1000)
    if (sent >= limit) return endEarly(response, fault)
  }
  response.end()
}

async function endEarly(response: ServerResponse, fault: HttpFault | null): Promise<void> {
  if (fault?.kind === 'truncate') response.end()
  if (fault?.kind === 'cut') close(response, fault.reset === true)
  if (fault?.kind !== 'stall') return
  const { promise, resolve } = Promise.withResolvers<void>()
  response.once('close', resolve)
  await promise
}

export function close(response: ServerResponse, reset: boolean): void {
  if (reset) response.socket?.resetAndDestroy()
  else response.socket?.destroy()
}

function corrupted(part: Uint8Array, at: number): Uint8Array {
  if (at < 0 || at >= part.length) return part
  const copy = Uint8Array.from(part)
  copy[at] = (copy[at] ?? 0) ^ 0xff
  return copy
}

/** Waits until the bytes are on their way: what is cut off later has been sent before. */
async function write(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  if (bytes.length === 0) return
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  response.write(bytes, (error) => (error ? reject(error) : resolve()))
  await promise
}
