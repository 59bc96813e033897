/** How far back a list of pulls goes: relative to now, so that an address stays true. Pure. */
import { z } from 'zod'

export const Period = z.enum(['1h', '24h', '7d', '30d'])
export type Period = z.infer<typeof Period>

export const periodWords: Record<Period, string> = {
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
}

const hourMs = 3_600_000
const lengths: Record<Period, number> = {
  '1h': hourMs,
  '24h': 24 * hourMs,
  '7d': 7 * 24 * hourMs,
  '30d': 30 * 24 * hourMs,
}

export function startOf(period: Period | undefined, now: number): string | undefined {
  return period === undefined ? undefined : new Date(now - lengths[period]).toISOString()
}
