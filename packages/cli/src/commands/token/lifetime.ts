/** How long a token shall live, as typed: `12h`, `30d`, `1y`. */

const unitHours = { h: 1, d: 24, y: 365 * 24 } as const
const mostHours = 10 * unitHours.y
const hourMs = 3_600_000

/** In milliseconds. A year has 365 days. */
export function parseLifetime(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,4})([hdy])$/.exec(text) ?? []
  const hours = Number(count) * unitHours[unit as keyof typeof unitHours]
  if (hours <= mostHours) return hours * hourMs
  throw new Error('expected hours, days or years, such as 12h, 30d or 1y, and at most 10y')
}
