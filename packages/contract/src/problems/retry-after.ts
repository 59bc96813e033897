/** The wait that a failure asks for: the `Retry-After` of an answer (RFC 9110, section 10.2.3), in seconds or as a date. */

/** Milliseconds from `now` on, never negative; null if it cannot be read. The caller limits how long it waits. */
export function retryAfterMs(header: string | null, now: number): number | null {
  const text = header?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  // Only a date of this form: `Date.parse` accepts far more than the grammar allows.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return null
  const date = Date.parse(text)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}
