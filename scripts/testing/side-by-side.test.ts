import { array, assert, asyncProperty, integer, nat } from 'fast-check'
import { expect, test } from 'vitest'
import { sideBySide } from './side-by-side.mjs'

/** Jobs that end on request. */
function controlled(count: number) {
  const started: number[] = []
  const jobs = Array.from({ length: count }, (_, n) => ({ n, ...Promise.withResolvers<number>() }))
  return {
    started,
    end: async (n: number) => {
      jobs[n]?.resolve(n)
      await new Promise((resolve) => setImmediate(resolve))
    },
    fail: (n: number, error: Error) => jobs[n]?.reject(error),
    work: jobs.map(({ n, promise }) => () => {
      started.push(n)
      return promise
    }),
  }
}

test('starts the next job when a running one ends', async () => {
  const { work, started, end } = controlled(4)
  const results = sideBySide(2, work)
  expect(started).toEqual([0, 1])
  await end(1)
  expect(started).toEqual([0, 1, 2])
  await end(2)
  await end(0)
  await end(3)
  expect(await results).toEqual([0, 1, 2, 3])
})

test('returns results in the order of the jobs, whichever ends first', async () => {
  await assert(
    asyncProperty(array(nat(3), { maxLength: 8 }), integer({ min: 1, max: 4 }), async (turns, width) => {
      const jobs = turns.map((count, n) => async () => {
        for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
        return n
      })
      expect(await sideBySide(width, jobs)).toEqual(turns.map((_, n) => n))
    }),
  )
})

test('starts nothing more after a failure, and waits for what runs', async () => {
  const { work, started, end, fail } = controlled(3)
  const results = sideBySide(2, work).catch((error: unknown) => error)
  fail(0, new Error('no'))
  await end(1)
  expect(await results).toEqual(new Error('no'))
  expect(started).toEqual([0, 1])
})
