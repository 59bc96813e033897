import { newId, type PullRecord } from '@fairlead/contract'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordHash } from '../fleet/plan-chain.ts'
import { testChain } from '../testing/test-records.ts'
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
  return judging.verdict
}

test('whole chains of several nodes are whole', () => {
  const rows = [...testChain(newId('node', 1), 4), ...testChain(newId('node', 2), 3)].map((record) => row(record))
  expect(judge(rows)).toEqual({ records: 7, nodes: 2, breaks: 0, first_breaks: [] })
})

test('a record that was altered, also with a hash made anew, is found', () => {
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

test('columns that say something else than their record are found', () => {
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

test('a missing record is a gap, a second one in its place a fork, and what came so from the node is told apart', () => {
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

test('a chain begins at its checkpoint, where older records were removed for their age', () => {
  const chain = testChain(nodeId, 4)
  const rows = chain.slice(2).map((record) => row(record))
  const checkpoints = new Map([[nodeId as string, { sequence: 2, hash: chain[1]?.hash ?? '' }]])
  expect(judge(rows, new LedgerJudge(checkpoints)).breaks).toBe(0)
  expect(judge(rows.slice(1), new LedgerJudge(checkpoints)).first_breaks).toMatchObject([{ sequence: 4, kind: 'gap' }])
})

test('of thousands of breaks all are counted and the first are told', () => {
  const rows = testChain(nodeId, 100).map((record) => row(record, { code: null }))
  const verdict = judge(rows)
  expect(verdict.breaks).toBe(100)
  expect(verdict.first_breaks).toHaveLength(20)
})

test('any one byte of any record that changes is found', () => {
  const rows = testChain(nodeId, 3).map((record) => row(record))
  fc.assert(
    fc.property(fc.nat({ max: 2 }), fc.nat(), fc.integer({ min: 1, max: 127 }), (which, where, flip) => {
      const text = Buffer.from(rows[which]?.record ?? '')
      const at = where % text.length
      text[at] = (text[at] ?? 0) ^ flip
      const altered = rows.map((one, index) => (index === which ? { ...one, record: text.toString('utf8') } : one))
      // The same value written another way is the same record.
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
