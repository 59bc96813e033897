/** A body must keep a minimum pace: an occasional byte would satisfy any silence limit, and could hold a pull forever (S9, S12). */
import type { Problem } from '@fairlead/contract/problems'

/** Per window of waiting: about 500 bytes a second for a window of half a minute. */
export const leastBytes = 16 * 1024

/** Time counts only while waiting for the body, not while its reader is busy. */
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
