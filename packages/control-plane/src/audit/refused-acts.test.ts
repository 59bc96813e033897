import { problem } from '@fairlead/contract/problems'
import { expect, test } from 'vitest'
import { freshStore } from '../testing/fresh-store.ts'
import { eventOf } from './event.ts'
import { RefusedActs } from './refused-acts.ts'

const store = freshStore()
const now = Date.parse('2026-11-24T12:00:00.000Z')

test('a refused act that cannot be stored is recorded when it is tried again, and then once an hour', async () => {
  let isFull = true
  const full = problem('DATABASE_UNUSABLE', { path: 'x', reason: 'the disk is full' })
  const acts = new RefusedActs({
    ...store(),
    write: (work) => (isFull ? Promise.reject(full) : store().write(work)),
  })
  const note = () => acts.noteOnce('someone', eventOf('cloud.create', now, { outcome: 'ROLE_TOO_LOW' }), now)
  await expect(note()).rejects.toBe(full)
  isFull = false
  await note()
  await note()
  const events = await store().reader.audit.list({}, { before: null, limit: 10 })
  expect(events.map(({ outcome }) => outcome)).toEqual(['ROLE_TOO_LOW'])
})

test('S9: no more than 10,000 refused acts are remembered, and the oldest are forgotten first', async () => {
  let written = 0
  const acts = new RefusedActs({ ...store(), write: () => Promise.resolve(void written++ as never) })
  const event = eventOf('cloud.create', now, { outcome: 'ROLE_TOO_LOW' })
  for (let key = 0; key <= 10_000; key++) await acts.noteOnce(String(key), event, now)
  expect(written).toBe(10_001)
  await acts.noteOnce('1', event, now)
  expect(written, 'the second is remembered').toBe(10_001)
  await acts.noteOnce('0', event, now)
  expect(written, 'the first is forgotten').toBe(10_002)
})
