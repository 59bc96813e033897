/** Whatever prefixes of a chain are removed, in whatever steps, the rest is judged as before, and an intact chain stays intact. */
import { newId } from '@fairlead/contract/names'
import { type PullRecord } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { LedgerJudge } from '../admin/judge-ledger.ts'
import type { PullCheckpointRecord, StoredPull } from '../store/records.ts'
import { storedPull, testChain, testRecord } from '../testing/test-records.ts'
import { moveCheckpoint, provedRemoved, removable } from './plan-removal.ts'

const nodeId = newId('node')
const day = (number: number) => `2026-11-${String(number).padStart(2, '0')}T12:00:00.000Z`
const nothing = () => false

function judge(pulls: readonly StoredPull[], checkpoint: PullCheckpointRecord | null) {
  const judging = new LedgerJudge(checkpoint === null ? [] : [checkpoint])
  for (const pull of pulls) judging.take({ ...pull, record: JSON.stringify(pull.record) })
  return judging.end()
}

/** Removes in steps of `limit`, as the sweep does. */
function remove(pulls: readonly StoredPull[], when: Parameters<typeof removable>[1], limit: number) {
  let left = pulls
  let checkpoint: PullCheckpointRecord | null = null
  for (;;) {
    const [first, ...rest] = removable(left.slice(0, limit + 1), when)
    if (first === undefined) return { left, checkpoint }
    checkpoint = moveCheckpoint(checkpoint, [first, ...rest], day(29))
    left = left.slice(1 + rest.length)
  }
}

test('old records are removed from the start up to the first in use; the newest stays', () => {
  const pulls = testChain(nodeId, 4).map((record) => storedPull(record, day(record.sequence)))
  const sequences = (when: Partial<Parameters<typeof removable>[1]>) =>
    removable(pulls, { before: day(28), inUse: nothing, ...when }).map((pull) => pull.sequence)
  expect(sequences({})).toEqual([1, 2, 3])
  expect(sequences({ before: day(3) })).toEqual([1, 2])
  expect(sequences({ before: day(1) })).toEqual([])
  expect(sequences({ inUse: (pull) => pull.sequence === 2 })).toEqual([1])
  expect(removable(pulls.slice(0, 1), { before: day(28), inUse: nothing })).toEqual([])
})

test('a late record stops removal until it is old too, and does not move the checkpoint back', () => {
  const [one, two, three] = testChain(nodeId, 3) as [PullRecord, PullRecord, PullRecord]
  const early = remove(
    [one, two, three].map((record) => storedPull(record, day(record.sequence))),
    { before: day(10), inUse: nothing },
    10,
  )
  expect(early.checkpoint).toMatchObject({ sequence: 2, hash: two.hash, removed: 2, received_until: day(2) })
  const forged = storedPull(testRecord(nodeId, 1, one.previous_hash), day(20))
  const left = [forged, ...early.left]
  expect(judge(left, early.checkpoint).first_breaks).toMatchObject([{ sequence: 1, kind: 'fork' }])
  expect(removable(left, { before: day(10), inUse: nothing })).toEqual([])
  const [gone] = removable(left, { before: day(28), inUse: nothing })
  const late = moveCheckpoint(early.checkpoint, [gone ?? forged], day(29))
  expect(late).toMatchObject({ sequence: 2, hash: two.hash, removed: 3, received_until: day(20) })
  expect(judge(early.left, late).breaks).toBe(0)
})

test('after any removals in any steps from an intact chain, the rest is intact and all are counted', () => {
  const chain = fc.integer({ min: 1, max: 30 })
  fc.assert(
    fc.property(
      chain,
      fc.nat({ max: 40 }),
      fc.nat({ max: 40 }),
      fc.integer({ min: 1, max: 9 }),
      (length, old, used, limit) => {
        const pulls = testChain(nodeId, length).map((record) =>
          storedPull(record, record.sequence <= old ? day(1) : day(20)),
        )
        const { left, checkpoint } = remove(pulls, { before: day(10), inUse: (pull) => pull.sequence === used }, limit)
        const removed = Math.min(old, length - 1, used >= 1 ? used - 1 : length)
        expect(checkpoint?.removed ?? 0).toBe(removed)
        expect(judge(left, checkpoint)).toMatchObject({ records: length - removed, breaks: 0 })
      },
    ),
  )
})

test('in a chain with gaps, forks and altered records, the rest is judged as before after removal in any steps', () => {
  const kinds = fc.array(fc.constantFrom('whole', 'whole', 'whole', 'gap', 'fork', 'altered' as const), {
    maxLength: 20,
  })
  const limit = fc.integer({ min: 1, max: 9 })
  fc.assert(
    fc.property(kinds, fc.nat({ max: 20 }), limit, limit, (made, old, oneLimit, otherLimit) => {
      const pulls: StoredPull[] = []
      for (const kind of made) {
        const last = pulls.at(-1)
        const step = kind === 'gap' ? 3 : kind === 'fork' ? 0 : 1
        const record = testRecord(nodeId, Math.max(1, (last?.sequence ?? 0) + step), last?.hash ?? '0'.repeat(64))
        pulls.push(storedPull(kind === 'altered' ? { ...record, bytes: 7 } : record, day(pulls.length < old ? 1 : 20)))
      }
      const inOrder = pulls.toSorted((a, b) => a.sequence - b.sequence || (a.key < b.key ? -1 : 1))
      const when = { before: day(10), inUse: nothing }
      const [one, other] = [remove(inOrder, when, oneLimit), remove(inOrder, when, otherLimit)]
      expect(one).toEqual(other)
      const removed = inOrder.length - one.left.length
      const breaksOf = (all: readonly StoredPull[], checkpoint: PullCheckpointRecord | null) =>
        all.map((_, index) => judge(all.slice(0, index + 1), checkpoint).breaks)
      const before = breaksOf(inOrder, null)
      const gone = before[removed - 1] ?? 0
      expect(breaksOf(one.left, one.checkpoint)).toEqual(before.slice(removed).map((breaks) => breaks - gone))
    }),
  )
})

test('distinguishes removed records that come again from forged ones', () => {
  const chain = testChain(nodeId, 4)
  const [one, two, three] = chain as [PullRecord, PullRecord, PullRecord]
  const checkpoint = { sequence: 3, hash: three.hash }
  expect(provedRemoved(checkpoint, chain)).toEqual(new Set([one, two, three].map((record) => record.hash)))
  expect(provedRemoved(checkpoint, [one, three])).toEqual(new Set([three.hash]))
  expect(provedRemoved(checkpoint, testChain(nodeId, 3))).toEqual(new Set())
  expect(provedRemoved(checkpoint, [one, { ...two, bytes: 7 }, three])).toEqual(new Set([three.hash]))
  expect(provedRemoved(null, chain)).toEqual(new Set())
})
