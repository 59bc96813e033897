import { newId } from '@fairlead/contract/names'
import { chainStart, DoorEngine, LoginReach, type PullRecord } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { chainBegin, judgeLink, worseChain } from './plan-chain.ts'
import { testRecord } from '../testing/test-records.ts'

const record = (sequence: number, previousHash: string, part: Partial<PullRecord> = {}) =>
  testRecord(newId('node'), sequence, previousHash, { purpose: 'once', secret_reference: null, ...part })

test('consecutive records are intact', () => {
  const first = record(1, chainStart)
  const second = record(2, first.hash)
  expect(judgeLink(chainBegin, first)).toBe('intact')
  expect(judgeLink(first, second)).toBe('intact')
})

test('a missing record is a gap', () => {
  const first = record(1, chainStart)
  expect(judgeLink(first, record(3, chainStart))).toBe('gap')
  expect(judgeLink(chainBegin, record(2, chainStart))).toBe('gap')
})

test('a second record in the same place, or after any but the last, is a fork', () => {
  const first = record(1, chainStart)
  expect(judgeLink(first, record(1, chainStart))).toBe('fork')
  expect(judgeLink(first, record(2, 'f'.repeat(64)))).toBe('fork')
})

test('changing any field invalidates the hash of the record', () => {
  const whole = record(1, chainStart)
  const change = fc.oneof(
    fc.record({ image: fc.string({ maxLength: 20 }) }),
    fc.record({ login: fc.constantFrom(...LoginReach.options) }),
    fc.record({ engine: fc.constantFrom(...DoorEngine.options) }),
    fc.record({ bytes: fc.integer({ min: 1 }) }),
    fc.record({ decision: fc.constant('authenticated' as const) }),
    fc.record({ duration_ms: fc.double({ min: 2, noNaN: true, noDefaultInfinity: true }) }),
    fc.record({ secret_reference: fc.string({ maxLength: 20 }) }),
  )
  fc.assert(
    fc.property(change, (part) => {
      expect(judgeLink(chainBegin, { ...whole, ...part })).toBe('altered')
    }),
  )
})

test('a broken chain stays broken', () => {
  expect(worseChain('gap', 'intact')).toBe('gap')
  expect(worseChain('gap', 'altered')).toBe('altered')
  expect(worseChain(null, 'intact')).toBe('intact')
  expect(worseChain('fork', null)).toBe('fork')
})
