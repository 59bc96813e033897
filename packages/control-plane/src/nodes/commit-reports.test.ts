import { newId, type NodeId } from '@fairlead/contract/names'
import type { Report } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import type { Store } from '../store/store.ts'
import { freshStore } from '../testing/fresh-store.ts'
import { insertCloud, insertNode } from '../testing/inserted-records.ts'
import { facts } from '../testing/test-node.ts'
import { commitReports, eachNodeOnce } from './commit-reports.ts'
import { Presence } from './presence.ts'

const opened = freshStore()
let store: Store
beforeEach(() => {
  store = opened()
})

const reportOf = (part: Partial<Report> = {}): Report => ({
  report_id: newId('rep'),
  at: '2026-11-24T12:00:00.000Z',
  node: facts,
  workload: null,
  checks: [],
  pulls: [],
  ...part,
})

function world() {
  const scheduled: string[] = []
  const remembered: NodeId[] = []
  const commit = commitReports({
    clock: Date.now,
    presence: new Presence(Date.now),
    schedule: async (_, cloudId) => void scheduled.push(cloudId),
    lastReports: { remember: (id) => void remembered.push(id) },
    onPull: () => undefined,
    onCheck: () => undefined,
  })
  return { commit, scheduled, remembered }
}

test('what follows for a cloud is decided once, however many of its nodes report together', async () => {
  const { commit, scheduled, remembered } = world()
  const { cloud, ids } = await store.write(async (transaction) => {
    const cloud = await insertCloud(transaction)
    const ids: NodeId[] = []
    for (const name of ['a', 'b', 'c']) ids.push((await insertNode(transaction, cloud.id, name)).id)
    return { cloud, ids }
  })
  await store.write((transaction) =>
    commit(
      transaction,
      ids.map((nodeId) => ({ nodeId, report: reportOf() })),
    ),
  )
  expect(scheduled).toEqual([cloud.id])
  expect(remembered).toEqual(ids)
})

test('of two reports of a node in one group, the later one stands, and one that comes twice counts once', async () => {
  const { commit } = world()
  const node = await store.write(async (transaction) =>
    insertNode(transaction, (await insertCloud(transaction)).id, 'a'),
  )
  const first = reportOf()
  const second = reportOf({ node: { ...facts, cpus: 99 } })
  const sent = [first, first, second].map((report) => ({ nodeId: node.id, report }))
  await store.write((transaction) => commit(transaction, sent))
  const found = await store.reader.nodes.byId(node.id)
  expect(found?.facts?.cpus).toBe(99)
  expect(found?.report_ids).toEqual([second.report_id, first.report_id, ...node.report_ids])
})

test('reports are cut into parts that name no node twice, and keep the order of each node', () => {
  const nodes = Array.from({ length: 5 }, () => newId('node'))
  fc.assert(
    fc.property(fc.array(fc.nat(4), { maxLength: 30 }), (choices) => {
      const sent = choices.map((choice) => ({ nodeId: nodes[choice]!, report: reportOf() }))
      const parts = eachNodeOnce(sent)
      for (const part of parts) expect(new Set(part.map(({ nodeId }) => nodeId)).size).toBe(part.length)
      for (const id of nodes) {
        const ofNode = (all: typeof sent) => all.filter(({ nodeId }) => nodeId === id)
        expect(ofNode(parts.flat())).toEqual(ofNode(sent))
      }
    }),
  )
})
