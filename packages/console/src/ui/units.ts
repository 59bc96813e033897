/** Sizes, times and durations for people. */

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ''}`
}

export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60
    ? parts(minutes, 'min', seconds % 60, 's')
    : parts(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
}

/** In a column: one unit, so that its numbers compare. */
export function megabytes(bytes: number): string {
  const value = bytes / 1e6
  return value.toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
}

export function seconds(ms: number): string {
  const digits = ms < 9995 ? 2 : 1
  return (ms / 1000).toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** `1 min 15 s`, and `2 h` if nothing remains. */
function parts(whole: number, unit: string, rest: number, smaller: string): string {
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${smaller}`
}

/** How long ago, roughly: a few seconds are `now`, so that the page does not change constantly. */
export function formatAge(at: number, now: number): string {
  const seconds = Math.max(now - at, 0) / 1000
  if (seconds < 10) return 'now'
  if (seconds < 60) return `${Math.floor(seconds / 10) * 10} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  const days = Math.floor(seconds / 86_400)
  return days === 1 ? 'yesterday' : `${days} days ago`
}

/** Also for what is ahead, rounded down: `in 3 days`. */
export function formatMoment(at: number, now: number): string {
  const seconds = (at - now) / 1000
  if (seconds <= 0) return formatAge(at, now)
  if (seconds < 60) return 'in less than a minute'
  if (seconds < 3600) return `in ${Math.floor(seconds / 60)} min`
  if (seconds < 2 * 86_400) return `in ${Math.floor(seconds / 3600)} h`
  return `in ${Math.floor(seconds / 86_400)} days`
}

export function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12)
}
