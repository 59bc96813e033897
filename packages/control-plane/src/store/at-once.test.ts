import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { atOnce } from './at-once.ts'

test('answers in the order of what was asked', async () => {
  const late = nextTurn().then(() => 'late')
  expect(await atOnce([late, Promise.resolve(2), undefined])).toEqual(['late', 2, undefined])
})

test('if one fails, waits for the others before it throws', async () => {
  let done = 0
  const slow = nextTurn().then(() => (done += 1))
  const failed = Promise.reject(new Error('failed'))
  await expect(atOnce([failed, slow, Promise.reject(new Error('failed, too'))])).rejects.toThrow(/^failed$/)
  expect(done).toBe(1)
})
