/** A signed request is valid once, however many there are. */
import { newId } from '@fairlead/contract/names'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { thrown } from '../testing/thrown.ts'
import { ReplayGuard } from './replay-guard.ts'

const node = newId('node')
const now = 1_790_000_000_000
const request = (number: number, timestamp = now) => ({
  session: '-',
  timestamp,
  bytes: Buffer.from(String(number).padStart(64, '0')),
})

test('the same signature a second time is refused, and another one of the same moment is not', () => {
  const guard = new ReplayGuard()
  guard.take(node, request(1))
  guard.take(node, request(2))
  expect(() => guard.take(node, request(1))).toThrow('came before')
  expect(() => guard.take(newId('node'), request(1))).not.toThrow()
})

test('it is remembered for as long as its timestamp is good', () => {
  const guard = new ReplayGuard()
  guard.take(node, request(1, now + 300_000))
  guard.forgetExpired(now + 600_000)
  expect(() => guard.take(node, request(1, now + 300_000))).toThrow('came before')
  guard.forgetExpired(now + 600_001)
  expect(() => guard.take(node, request(1, now + 300_000))).not.toThrow()
})

test('in any order and any number, nothing that was taken is taken again', () => {
  // By default fast-check's lists are short, and none would exceed the limit.
  const requests = fc.array(fc.record({ number: fc.nat(4), timestamp: fc.integer({ min: now, max: now + 30 }) }), {
    maxLength: 200,
    size: 'max',
  })
  fc.assert(
    fc.property(requests, (sent) => {
      const guard = new ReplayGuard(8)
      const taken = sent.filter(
        ({ number, timestamp }) =>
          thrown(() => guard.take(node, request(number * 100 + timestamp - now, timestamp))) === null,
      )
      const names = taken.map(({ number, timestamp }) => `${number} ${timestamp}`)
      expect(new Set(names).size).toBe(names.length)
    }),
  )
})

test('a node that keeps time is heard, however much it has asked', () => {
  const guard = new ReplayGuard(8)
  for (let number = 0; number < 1000; number++) guard.take(node, request(number, now + number))
})
