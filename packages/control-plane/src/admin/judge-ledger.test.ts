import { newId } from '@fairlead/contract/names'
import { type PullRecord } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordHash } from '../pulls/plan-chain.ts'
import { moveCheckpoint } from '../pulls/plan-removal.ts'
import type { PullCheckpointRecord } from '../store/records.ts'
import { storedPull, testChain } from '../testing/test-records.ts'
import { LedgerJudge, type LedgerRow } from './judge-ledger.ts'

const nodeId = newId('node')

function row(record: PullRecord, part: Partial<LedgerRow> = {}): LedgerRow {
  const { node_id, sequence, hash, cluster_id, code } = record
  return {
    node_id: node_id ?? '',
    sequence,
    hash,
    cluster_id,
    code,
    chain: 'intact',
    record: JSON.stringify(record),
    ...part,
  }
}

function judge(rows: readonly LedgerRow[], judging = new LedgerJudge()) {
  for (const one of rows) judging.take(one)
  return judging.end()
}

test('accepts complete chains of several nodes', () => {
  const rows = [...testChain(newId('node', 1), 4), ...testChain(newId('node', 2), 3)].map((record) => row(record))
  expect(judge(rows)).toEqual({
    records: 7,
    nodes: 2,
    removed: { records: 0, received_until: null },
    breaks: 0,
    first_breaks: [],
  })
})

test('detects an altered record, even with a recomputed hash', () => {
  const chain = testChain(nodeId, 3)
  const [first, second, third] = chain as [PullRecord, PullRecord, PullRecord]
  const altered = row(second, { record: JSON.stringify({ ...second, decision: 'authenticated' }) })
  expect(judge([row(first), altered, row(third)]).first_breaks).toEqual([
    { node_id: nodeId, sequence: 2, kind: 'altered', noted: false },
  ])
  const open = { ...second, decision: 'authenticated' as const }
  const rehashed = { ...open, hash: recordHash(open) }
  expect(judge([row(first), row(rehashed), row(third)]).first_breaks).toMatchObject([{ sequence: 3, kind: 'fork' }])
})

test('detects columns that disagree with their record', () => {
  const [first] = testChain(nodeId, 1) as [PullRecord]
  for (const part of [
    { code: null },
    { cluster_id: 'ses_x' },
    { hash: 'f'.repeat(64) },
    { record: 'null' },
    { record: '{' },
  ]) {
    expect(judge([row(first, part)]).first_breaks, JSON.stringify(part)).toMatchObject([{ kind: 'altered' }])
  }
})

test('reports a missing record as a gap and a second one in its place as a fork, and distinguishes breaks that came from the node', () => {
  const [first, second, third] = testChain(nodeId, 3).map((record) => row(record)) as [LedgerRow, LedgerRow, LedgerRow]
  expect(judge([first, third]).first_breaks).toMatchObject([{ sequence: 3, kind: 'gap', noted: false }])
  expect(judge([first, { ...third, chain: 'gap' }]).first_breaks).toMatchObject([{ noted: true }])
  expect(judge([second, third]).first_breaks).toMatchObject([{ sequence: 2, kind: 'gap' }])
  const [, twin] = testChain(nodeId, 2).map((record) => row(record)) as [LedgerRow, LedgerRow]
  expect(judge([first, second, twin, third]).first_breaks).toMatchObject([
    { sequence: 2, kind: 'fork' },
    { sequence: 3, kind: 'fork' },
  ])
})

/** A chain whose first `count` records were removed. */
function shortened(length: number, count: number) {
  const chain = testChain(nodeId, length)
  const [first, ...rest] = chain.slice(0, count).map((record) => storedPull(record))
  if (first === undefined) throw new TypeError('one is removed at least')
  const checkpoint = moveCheckpoint(null, [first, ...rest], '2026-12-01T00:00:00.000Z')
  return { chain, checkpoint, rows: chain.slice(count).map((record) => row(record)) }
}

const judgeFrom = (rows: readonly LedgerRow[], ...checkpoints: PullCheckpointRecord[]) =>
  judge(rows, new LedgerJudge(checkpoints))

test('a chain begins at its checkpoint if older records were removed by retention', () => {
  const { rows, checkpoint } = shortened(4, 2)
  expect(judgeFrom(rows, checkpoint)).toEqual({
    records: 2,
    nodes: 1,
    removed: { records: 2, received_until: checkpoint.received_until },
    breaks: 0,
    first_breaks: [],
  })
  expect(judgeFrom(rows).first_breaks).toMatchObject([{ sequence: 3, kind: 'gap' }])
  expect(judgeFrom(rows.slice(1), checkpoint).first_breaks).toMatchObject([{ sequence: 4, kind: 'gap' }])
})

test('a record that claims a place among the removed ones is the only break', () => {
  const { rows, checkpoint } = shortened(4, 2)
  const forged = row(testChain(nodeId, 1)[0] ?? (undefined as never), { chain: 'fork' })
  expect(judgeFrom([forged, ...rows], checkpoint).first_breaks).toEqual([
    { node_id: nodeId, sequence: 1, kind: 'fork', noted: true },
  ])
})

test('detects any change to a checkpoint, and a checkpoint with nothing after it', () => {
  const change = fc.oneof(
    fc.record({ node_id: fc.constant(newId('node')) }),
    fc.record({ sequence: fc.nat({ max: 9 }) }),
    fc.record({ hash: fc.constantFrom('f'.repeat(64), '0'.repeat(64), '') }),
    fc.record({ removed: fc.nat() }),
    fc.record({ received_until: fc.constant('2026-11-24T12:00:00.001Z') }),
    fc.record({ removed_at: fc.constant('2026-11-24T12:00:00.001Z') }),
    fc.record({ checksum: fc.constant('f'.repeat(64)) }),
  )
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 6 }), fc.nat(), change, (length, some, part) => {
      const { rows, checkpoint } = shortened(length, 1 + (some % (length - 1)))
      const altered = { ...checkpoint, ...part }
      fc.pre(JSON.stringify(altered) !== JSON.stringify(checkpoint))
      expect(judgeFrom(rows, checkpoint).breaks).toBe(0)
      expect(judgeFrom(rows, altered).breaks).toBeGreaterThan(0)
      expect(judgeFrom([], checkpoint).first_breaks).toMatchObject([{ kind: 'end' }])
    }),
  )
})

test('a checkpoint with a recomputed place and checksum does not fit the records after it', () => {
  const { chain, rows } = shortened(5, 2)
  const other = moveCheckpoint(null, [storedPull(chain[0] ?? (undefined as never))], '2026-12-01T00:00:00.000Z')
  expect(judgeFrom(rows, other).first_breaks).toMatchObject([{ sequence: 3, kind: 'gap' }])
  const invented = testChain(nodeId, 2).map((record) => storedPull(record)) as [never]
  expect(judgeFrom(rows, moveCheckpoint(null, invented, '2026-12-01T00:00:00.000Z')).first_breaks).toMatchObject([
    { sequence: 3, kind: 'fork' },
  ])
})

test('detects any record missing from the rest of a chain whose first part was removed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 8 }), fc.nat(), fc.nat(), (length, some, which) => {
      const { rows, checkpoint } = shortened(length, 1 + (some % (length - 2)))
      // Removing the newest is not detected: no chain shows that.
      const taken = which % (rows.length - 1)
      const left = rows.filter((_, index) => index !== taken)
      expect(judgeFrom(left, checkpoint).first_breaks).toMatchObject([{ kind: 'gap' }])
    }),
  )
})

test('counts all of thousands of breaks and lists the first ones', () => {
  const rows = testChain(nodeId, 100).map((record) => row(record, { code: null }))
  const verdict = judge(rows)
  expect(verdict.breaks).toBe(100)
  expect(verdict.first_breaks).toHaveLength(20)
})

test('detects a change to any one byte of any record', () => {
  const rows = testChain(nodeId, 3).map((record) => row(record))
  fc.assert(
    fc.property(fc.nat({ max: 2 }), fc.nat(), fc.integer({ min: 1, max: 127 }), (which, where, flip) => {
      const text = Buffer.from(rows[which]?.record ?? '')
      const at = where % text.length
      text[at] = (text[at] ?? 0) ^ flip
      const altered = rows.map((one, index) => (index === which ? { ...one, record: text.toString('utf8') } : one))
      // The same value serialized differently is the same record.
      fc.pre(!sameJson(altered[which]?.record ?? '', rows[which]?.record ?? ''))
      expect(judge(altered).breaks).toBeGreaterThan(0)
    }),
  )
})

function sameJson(a: string, b: string): boolean {
  try {
    return JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b))
  } catch {
    return false
  }
}
