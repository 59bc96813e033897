import { isProblem } from '@fairlead/contract/problems'
import { JoinRequest } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { readWith } from './invalid-request.ts'

/** In microseconds of this thread's processor time, which other work on the machine does not change. */
const bestOf = (times: number, work: () => void): number =>
  Math.min(
    ...Array.from({ length: times }, () => {
      const began = process.threadCpuUsage()
      work()
      return process.threadCpuUsage(began).user
    }),
  )

test('S9: rejecting a body full of wrong names costs about as much as reading it, and some names are reported', () => {
  const names = Array.from({ length: 30_000 }, (_, index) => index.toString(36))
  const text = JSON.stringify(Object.fromEntries(names.map((name) => [name, 1])))
  let told = 0
  const refuse = () => {
    try {
      readWith(JoinRequest, JSON.parse(text))
    } catch (error) {
      if (isProblem(error, 'REQUEST_INVALID')) told = error.fields.length
    }
  }
  // Searching for the nearest word of each took five times as long.
  expect(bestOf(5, refuse)).toBeLessThan(8 * bestOf(5, () => JSON.parse(text)))
  expect(told).toBe(50)
})
