/** Bytes, durations and times as people read them. */

const byteUnits = ['kB', 'MB', 'GB', 'TB', 'PB'] as const

/** Decimal units, as registries and disks use: `412 MB`, `1.3 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  let value = bytes
  let unit = 'B'
  for (const next of byteUnits) {
    if (value < 999.5) break
    value /= 1000
    unit = next
  }
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${unit}`
}

export function formatDuration(milliseconds: number): string {
  if (milliseconds < 100) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1000)
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${pad(seconds % 60)} s`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${pad(minutes % 60)} min` : `${Math.floor(hours / 24)} days`
}

/** `1 node`, `2 nodes`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** Local time, to the second: `2026-11-24 13:53:07`. */
export function formatTime(timestamp: string): string {
  const at = new Date(timestamp)
  const date = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`
  return `${date} ${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`
}

/** How long ago, in one unit: `12 s ago`, `3 days ago`. */
export function formatAge(timestamp: string, now: number): string {
  return `${inOneUnit(Math.max(0, Math.round((now - Date.parse(timestamp)) / 1000)))} ago`
}

/** How far it is ahead or behind: `in 3 days`, `2 h ago`. */
export function formatMoment(timestamp: string, now: number): string {
  const seconds = Math.round((Date.parse(timestamp) - now) / 1000)
  return seconds > 0 ? `in ${inOneUnit(seconds)}` : formatAge(timestamp, now)
}

function inOneUnit(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} days`
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
