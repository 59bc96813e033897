/** A clock that moves only when a test advances it. */
import type { Clock } from '../clock.ts'

export interface TestClock {
  readonly now: Clock
  advance(milliseconds: number): void
}

export function testClock(start = Date.UTC(2026, 10, 24, 12)): TestClock {
  let at = start
  return {
    now: () => at,
    advance: (milliseconds) => {
      at += milliseconds
    },
  }
}
