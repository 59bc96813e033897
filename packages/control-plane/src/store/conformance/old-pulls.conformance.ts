/** Old pull records are found, and removed from the start of a chain. */
import { newId, type NodeId, type PullId } from '@fairlead/contract/names'
import { beforeEach, describe, expect, test } from 'vitest'
import { at, later, insertFleet, pull } from '../../testing/inserted-records.ts'
import type { OpenedStore } from '../../testing/opened-store.ts'
import type { PullCheckpointRecord, StoredPull } from '../records.ts'
import type { Store, Transaction } from '../store.ts'

export function describeOldPulls(opened: () => OpenedStore): void {
  describe('old pull records', () => {
    let store: Store
    beforeEach(() => {
      store = opened().store
    })

    const removeUpTo = (transaction: Transaction, last: StoredPull) => transaction.pulls.removeThrough(last)
    const arrived = (nodeId: NodeId, sequence: number, when: string): StoredPull => ({
      ...pull(nodeId, sequence, `h${sequence}-${when}`),
      key: newId('pull', Date.parse(when)),
      received_at: when,
    })

    test('are found by node, if one arrived before that time and is not the only one', async () => {
      const nodes = await store.write(async (transaction) => {
        const fleets = []
        for (let count = 0; count < 4; count++) fleets.push((await insertFleet(transaction)).node.id)
        const [none, newest, both, young] = fleets as [NodeId, NodeId, NodeId, NodeId]
        for (const [nodeId, sequence, when] of [
          [newest, 1, at],
          [both, 1, at],
          [both, 2, later],
          [young, 1, later],
          [young, 2, later],
        ] as const) {
          await transaction.pulls.append(arrived(nodeId, sequence, when))
        }
        return { none, both, young }
      })
      expect(await store.reader.pulls.nodesWithOld(at)).toEqual([])
      expect(await store.reader.pulls.nodesWithOld(later)).toEqual([nodes.both])
      expect(await store.reader.pulls.nodesWithOld('2026-11-24T13:00:00.001Z')).toEqual(
        [nodes.both, nodes.young].toSorted(),
      )
    })

    test('are removed from the start of a node’s chain, and no others; a page that began at one continues', async () => {
      const [one, other] = [await store.write(insertFleet), await store.write(insertFleet)]
      const chain = [arrived(one.node.id, 1, at), arrived(one.node.id, 2, at), arrived(one.node.id, 3, at)]
      const [oldest, second, third] = chain as [StoredPull, StoredPull, StoredPull]
      const twin = arrived(one.node.id, 2, later)
      const elsewhere = arrived(other.node.id, 1, at)
      await store.write(async (transaction) => {
        for (const record of [third, twin, second, oldest, elsewhere]) await transaction.pulls.append(record)
      })
      const left = () => store.reader.pulls.oldestOf(one.node.id, 10)
      expect(await left()).toEqual([oldest, second, twin, third])
      expect(await store.reader.pulls.oldestOf(one.node.id, 2)).toEqual([oldest, second])
      await store.write((transaction) => removeUpTo(transaction, second))
      expect(await left()).toEqual([twin, third])
      expect(await store.reader.pulls.lastOf(one.node.id)).toEqual(third)
      expect(await store.reader.pulls.list({}, { before: newId('pull', Date.parse(at) + 1), limit: 10 })).toEqual(
        [third, elsewhere].toSorted((a, b) => (a.key < b.key ? 1 : -1)),
      )
      await store.write((transaction) => removeUpTo(transaction, twin))
      expect(await left()).toEqual([third])
      expect(await store.reader.pulls.list({}, { before: twin.key, limit: 10 })).toHaveLength(2)
      expect(await store.reader.pulls.byId(twin.id as PullId)).toBeNull()
    })

    test('are removed together with the checkpoint that the rest continues, or stay', async () => {
      const { cloud, node } = await store.write(insertFleet)
      const elsewhere = await store.write(insertFleet)
      const chain = [arrived(node.id, 1, at), arrived(node.id, 2, later)] as const
      const checkpoint = (removed: number, until: string): PullCheckpointRecord => ({
        node_id: node.id,
        sequence: removed,
        hash: 'h',
        removed,
        received_until: until,
        removed_at: later,
        checksum: 'c',
      })
      await store.write(async (transaction) => {
        for (const one of chain) await transaction.pulls.append(one)
      })
      const failing = store.write(async (transaction) => {
        await removeUpTo(transaction, chain[0])
        await transaction.pullCheckpoints.put(checkpoint(1, at))
        throw new RangeError('killed')
      })
      await expect(failing).rejects.toThrow(RangeError)
      expect(await store.reader.pulls.oldestOf(node.id, 10)).toEqual(chain)
      expect(await store.reader.pullCheckpoints.of(node.id)).toBeNull()
      expect(await store.reader.pullCheckpoints.receivedUntil()).toBeNull()

      await store.write((transaction) => transaction.pullCheckpoints.put(checkpoint(1, at)))
      await store.write((transaction) => transaction.pullCheckpoints.put(checkpoint(2, later)))
      store = await opened().reopen()
      const { pullCheckpoints } = store.reader
      expect(await pullCheckpoints.of(node.id)).toEqual(checkpoint(2, later))
      expect(await pullCheckpoints.ofNodes([node.id, elsewhere.node.id])).toEqual([checkpoint(2, later)])
      expect(await pullCheckpoints.receivedUntil()).toBe(later)
      expect(await pullCheckpoints.receivedUntil({ within: [cloud.id] })).toBe(later)
      expect(await pullCheckpoints.receivedUntil({ within: [elsewhere.cloud.id] })).toBeNull()
    })
  })
}
