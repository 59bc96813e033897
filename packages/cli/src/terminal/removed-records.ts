/** How many pull records were removed because of their age, and until when they were recorded. */
import { formatCount, formatTime } from './units.ts'

export function removedRecords(count: number, receivedUntil: string): string {
  return `${formatCount(count, 'older record')} removed for age, the newest received ${formatTime(receivedUntil)}`
}
