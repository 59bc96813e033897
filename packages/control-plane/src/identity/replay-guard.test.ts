/** A signed request is valid once, however many there are. */
import { hash } from 'node:crypto'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
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
  bytes: hash('sha512', String(number), 'buffer'),
})

test('rejects the same signature a second time, but not another one from the same moment', () => {
  const guard = new ReplayGuard()
  guard.take(node, request(1))
  guard.take(node, request(2))
  expect(() => guard.take(node, request(1))).toThrow('came before')
  expect(() => guard.take(newId('node'), request(1))).not.toThrow()
})

test('keeps 4,096 signatures of a node; with another one, it takes none as old as the older half', () => {
  const guard = new ReplayGuard()
  for (let number = 1; number <= 4096; number += 1) guard.take(node, request(number, now + number))
  guard.take(node, request(5000, now + 1))
  expect(() => guard.take(node, request(5001, now + 1))).toThrow('came before')
  expect(() => guard.take(node, request(5002, now + 4096))).not.toThrow()
})

test('remembers a signature for as long as its timestamp is valid', async () => {
  const guard = new ReplayGuard()
  guard.take(node, request(1, now + 300_000))
  await guard.forgetExpired(now + 600_000)
  expect(() => guard.take(node, request(1, now + 300_000))).toThrow('came before')
  await guard.forgetExpired(now + 600_001)
  expect(() => guard.take(node, request(1, now + 300_000))).not.toThrow()
})

test('lets others go on while it forgets the signatures of a large fleet', async () => {
  const guard = new ReplayGuard()
  const fleet = Array.from({ length: 2000 }, () => newId('node'))
  for (const one of fleet) guard.take(one, request(1))
  let turns = 0
  const count = () => {
    turns += 1
    turn = setImmediate(count)
  }
  let turn = setImmediate(count)
  await guard.forgetExpired(now + 600_001)
  clearImmediate(turn)
  expect(turns).toBeGreaterThanOrEqual(2)
  for (const one of fleet) expect(() => guard.take(one, request(1))).not.toThrow()
})

test('keeps little of a signature, since every full garbage collection has to look at it', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const used = () => {
    collect()
    return getHeapStatistics().used_heap_size
  }
  const guard = new ReplayGuard()
  const fleet = Array.from({ length: 100 }, () => newId('node'))
  const before = used()
  for (let number = 0; number < 100_000; number++) {
    guard.take(fleet[number % fleet.length] ?? node, request(number, now + number))
  }
  expect((used() - before) / 100_000).toBeLessThan(60)
  expect(() => guard.take(fleet[0] ?? node, request(0, now))).toThrow('came before')
})

test('in any order and number, never accepts a request twice', () => {
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

test('serves a node with a correct clock, however many requests it has sent', () => {
  const guard = new ReplayGuard(8)
  for (let number = 0; number < 1000; number++) guard.take(node, request(number, now + number))
})
