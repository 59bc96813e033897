import { expect, test } from 'vitest'
import { formatAge, formatBytes, formatDuration, formatMoment, megabytes, seconds } from './units.ts'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [99_950, '100 kB'],
  [999_999, '1.0 MB'],
  [1_234_567_890, '1.2 GB'],
])('formats %d bytes as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test.each([
  [12, '12 ms'],
  [1234, '1.2 s'],
  [9970, '10 s'],
  [59_999, '1 min'],
  [61_000, '1 min 1 s'],
  [119_600, '2 min'],
  [3_600_000, '1 h'],
  [3_720_000, '1 h 2 min'],
])('formats %d ms as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test.each([
  [3, 'now'],
  [45, '40 s ago'],
  [120, '2 min ago'],
  [7300, '2 h ago'],
  [90_000, 'yesterday'],
  [200_000, '2 days ago'],
])('formats %d s ago as %s', (seconds, text) => {
  expect(formatAge(0, seconds * 1000)).toBe(text)
})

test.each([
  [-3, 'now'],
  [-7300, '2 h ago'],
  [30, 'in less than a minute'],
  [120, 'in 2 min'],
  [90_000, 'in 25 h'],
  [90 * 86_400, 'in 90 days'],
])('formats %d s from now as %s', (seconds, text) => {
  expect(formatMoment(seconds * 1000, 0)).toBe(text)
})

test('numbers of one column have one unit', () => {
  expect([57, 9_994, 13_000, 75_000].map(seconds)).toEqual(['0.06', '9.99', '13.0', '75.0'])
  expect([340_000, 1_234_600_000].map(megabytes)).toEqual(['0.3', '1,234.6'])
})
