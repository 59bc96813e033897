/** The room that images leave which no one waits for. Whether an image fits is tested where `doctor` warns of it. */
import { expect, test } from 'vitest'
import { reserveAhead } from './disk-room.ts'

const gib = 1024 ** 3

test.each([
  { kept: 2 * gib, left: 2 * gib },
  { kept: 0, left: gib },
])('an image that no one waits for leaves $left bytes where the owner keeps $kept free', ({ kept, left }) => {
  expect(reserveAhead({ disk_reserve_bytes: kept })).toBe(left)
})
