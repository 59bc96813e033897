import { expect, test } from 'vitest'
import { returnSpreadMs } from './long-poll.ts'

test('a fleet returns over two milliseconds for each node, half a second at least and a minute at most', () => {
  expect([0, 100, 2_000, 10_000, 60_000, 1_000_000].map(returnSpreadMs)).toEqual([
    500, 500, 4_000, 20_000, 60_000, 60_000,
  ])
})
