import { chainStart, newId, type PullRecord } from '@fairlead/contract'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { chainBegin, judgeLink, recordHash, worseChain } from './plan-chain.ts'

function record(sequence: number, previousHash: string, part: Partial<PullRecord> = {}): PullRecord {
  const open: PullRecord = {
    id: newId('pull'),
    node_id: newId('node'),
    sequence,
    purpose: 'once',
    cluster_id: null,
    build_id: null,
    image: 'registry.example.com/team/app:1',
    registry: 'registry.example.com',
    repository: 'team/app',
    digest: null,
    secret_reference: null,
    secret_version: null,
    decision: 'refused',
    code: 'IMAGE_NOT_FOUND',
    bytes: 0,
    total_bytes: null,
    started_at: '2026-11-24T12:00:00.000Z',
    duration_ms: 1.5,
    steps: [],
    previous_hash: previousHash,
    hash: chainStart,
    ...part,
  }
  return { ...open, hash: recordHash(open) }
}

test('records that follow one another are intact', () => {
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

test('a second record in one place, or after another than the last, is a fork', () => {
  const first = record(1, chainStart)
  expect(judgeLink(first, record(1, chainStart))).toBe('fork')
  expect(judgeLink(first, record(2, 'f'.repeat(64)))).toBe('fork')
})

test('whatever field is changed, the record no longer has its hash', () => {
  const whole = record(1, chainStart)
  const change = fc.oneof(
    fc.record({ image: fc.string({ maxLength: 20 }) }),
    fc.record({ bytes: fc.integer({ min: 1 }) }),
    fc.record({ decision: fc.constant('authenticated' as const) }),
    fc.record({ duration_ms: fc.double({ min: 2, noNaN: true, noDefaultInfinity: true }) }),
    fc.record({ secret_reference: fc.string({ maxLength: 20 }) }),
  )
  fc.assert(fc.property(change, (part) => judgeLink(chainBegin, { ...whole, ...part }) === 'altered'))
})

test('a chain that was broken stays so', () => {
  expect(worseChain('gap', 'intact')).toBe('gap')
  expect(worseChain('gap', 'altered')).toBe('altered')
  expect(worseChain(null, 'intact')).toBe('intact')
  expect(worseChain('fork', null)).toBe('fork')
})
