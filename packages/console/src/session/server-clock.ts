/** The control plane's clock, which all times in its answers refer to: the clock of the reader's machine may be wrong. */

/** A difference this small comes from the answer's latency and the fraction of a second that a Date header omits. */
const toleratedMs = 3000

/** How far the server is ahead of this machine; null if its answer does not say. */
export function offsetOf(date: string | null, sentAt: number, answeredAt: number): number | null {
  const served = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(served)) return null
  const offset = Math.round(served - (sentAt + answeredAt) / 2)
  return Math.abs(offset) <= toleratedMs + (answeredAt - sentAt) / 2 ? 0 : offset
}

let offset = 0

/** Learns from an answer of the server. */
export function learnClock(date: string | null, sentAt: number, answeredAt: number): void {
  offset = offsetOf(date, sentAt, answeredAt) ?? offset
}

export function serverNow(): number {
  return Date.now() + offset
}
