/** Which statuses let a client in. */
import { expect, test } from 'vitest'
import { isSuccess } from './status.ts'

test('the statuses from 200 to 299 are successes, and no others', () => {
  const statuses = Array.from({ length: 600 }, (_, status) => status)
  expect(statuses.filter(isSuccess)).toEqual(Array.from({ length: 100 }, (_, more) => 200 + more))
})
