import { expect, test } from 'vitest'
import { ledgerText } from './ledger-text.ts'

test('an unpruned ledger says what it contains', () => {
  expect(ledgerText({ records: 1, nodes: 2, removed: { records: 0, received_until: null } })).toBe(
    '1 pull record of 2 nodes, each with a valid hash and in its place\n',
  )
})

test('a ledger with old records removed says how many, and up to when they were recorded', () => {
  const text = ledgerText({
    records: 12,
    nodes: 1,
    removed: { records: 340, received_until: '2026-11-24T12:00:00.000Z' },
  })
  expect(text).toMatch(
    /^12 pull records of 1 node, .*\n340 older records removed for age, the newest received 2026-11-2\d \d\d:\d\d:\d\d; the remaining records continue them\n$/,
  )
})
