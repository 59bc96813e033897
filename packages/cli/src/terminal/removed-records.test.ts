import { expect, test } from 'vitest'
import { removedRecords } from './removed-records.ts'

test('counts removed records, and says in local time until when they were recorded', () => {
  const form = /^340 older records removed for age, the newest received 2026-11-2\d \d\d:\d\d:\d\d$/
  expect(removedRecords(340, '2026-11-24T12:00:00.000Z')).toMatch(form)
  expect(removedRecords(1, '2026-11-24T12:00:00.000Z')).toMatch(/^1 older record removed/)
})
