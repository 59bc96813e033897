/** A body must keep a pace: to one that brings a byte now and then no silence is long enough, and it would hold a pull for ever (S9, S12). */
import type { Problem } from '@fairlead/contract/problems'

/** In each window of waiting: some 500 bytes a second where a window is half a minute. */
export const leastBytes = 16 * 1024

/** Time counts only while the body is waited for, not while its reader is busy. */
export async function* atPace(
  body: AsyncIterable<Uint8Array>,
  windowMs: number,
  stalled: () => Problem,
): AsyncGenerator<Uint8Array, void, undefined> {
  let waitedMs = 0
  let bytes = 0
  let asked = performance.now()
  for await (const piece of body) {
    waitedMs += performance.now() - asked
    bytes += piece.length
    if (waitedMs > windowMs) {
      if (bytes < leastBytes) throw stalled()
      waitedMs = 0
      bytes = 0
    }
    yield piece
    asked = performance.now()
  }
}
