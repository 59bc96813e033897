/** The members of clusters: which node takes which part, and in what state it is. */
import { newId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { WorkloadPhase } from '@fairlead/contract/wire'
import { beforeEach, describe, expect, test } from 'vitest'
import { at, later, insertFleet, insertNode, member } from '../../testing/inserted-records.ts'
import type { OpenedStore } from '../../testing/opened-store.ts'
import type { MemberRecord } from '../records.ts'
import type { Store } from '../store.ts'
import type { MemberChange } from '../tables/members.ts'

export function describeClusterMembers(opened: () => OpenedStore): void {
  describe('members of clusters', () => {
    let store: Store
    beforeEach(() => {
      store = opened().store
    })

    test('the state of each member, with the node that it is on', async () => {
      const { cluster, node } = await store.write(insertFleet)
      const { cluster_id, generation, node_id, role, phase } = member(cluster.id, node.id)
      const failed = problem('NODE_REVOKED').toReport()
      await store.write(async (transaction) => {
        await transaction.members.insert([{ ...member(cluster.id, node.id), problem: failed }])
        await transaction.nodes.update(node.id, { revoked_at: later })
      })
      expect(await store.reader.members.states(cluster.id)).toEqual([
        {
          cluster_id,
          generation,
          node_id,
          role,
          phase,
          problem: failed,
          released_at: null,
          node_name: node.name,
          node_revoked_at: later,
        },
      ])
    })

    test('an outline of the members says the same as their states, however many nodes are lost', async () => {
      const { cluster, cloud } = await store.write(insertFleet)
      const elsewhere = await store.write(insertFleet)
      const ids = await store.write(async (transaction) => {
        const parts: MemberRecord[] = []
        for (const phase of WorkloadPhase.options) {
          for (const [generation, released_at, revoked_at] of [
            [2, null, null],
            [2, later, null],
            [2, null, later],
            [1, null, null],
            [1, later, later],
          ] as const) {
            const { id } = await insertNode(transaction, cloud.id, newId('node'), { revoked_at })
            const role = phase === 'failed' && generation === 1 ? 'head' : 'worker'
            parts.push({ ...member(cluster.id, id), generation, phase, role, released_at })
          }
        }
        await transaction.members.insert([...parts, member(elsewhere.cluster.id, elsewhere.node.id)])
        return parts.map(({ node_id }) => node_id)
      })
      const states = await store.reader.members.states(cluster.id)
      const current = states.filter(({ generation }) => generation === 2)
      const strangers = Array.from({ length: 600 }, () => newId('node'))
      const some = ids.filter((_, number) => number % 3 === 0)
      for (const lost of [[], some, ids, [...strangers, ...some, elsewhere.node.id]].map((nodes) => new Set(nodes))) {
        expect(await store.reader.members.outline({ id: cluster.id, generation: 2 }, lost)).toEqual({
          count: current.length,
          running: current.filter(({ phase }) => phase === 'running').length,
          unreleased: states.filter(({ released_at }) => released_at === null).length,
          odd: states.filter(
            ({ phase, node_revoked_at, node_id }) =>
              phase === 'failed' || node_revoked_at !== null || lost.has(node_id),
          ),
        })
      }
    })

    test('parts of a thousand nodes change at once, each what it has to, and no others', async () => {
      const { cluster, cloud } = await store.write(insertFleet)
      const failure = problem('REGISTRY_UNREACHABLE', { registry: 'reg.example' })
      const changes: MemberChange['change'][] = [
        { phase: 'failed', problem: failure.toReport() },
        { last_lines: ['it’s', '{"a"}', ''], last_lines_at: later, released_at: later },
        { phase: 'stopped', problem: null, warnings: [] },
      ]
      const added = await store.write(async (transaction) => {
        const parts: MemberRecord[] = []
        for (let number = 0; number < 1100; number += 1) {
          const { id } = await insertNode(transaction, cloud.id, `n${number}`)
          parts.push({ ...member(cluster.id, id), released_at: at }, { ...member(cluster.id, id), generation: 2 })
        }
        await transaction.members.insert(parts)
        return parts
      })
      const changed = added.map((part, number) => ({
        part,
        change: part.generation === 2 ? (changes[(number >> 1) % 4] ?? null) : null,
      }))
      await store.write((transaction) =>
        transaction.members.update(
          changed.flatMap(({ part, change }) => (change === null ? [] : [{ member: part, change }])),
        ),
      )
      const byKey = (parts: readonly MemberRecord[]) =>
        new Map(parts.map((part) => [`${part.node_id} ${part.generation}`, part]))
      const expected = changed.map(({ part, change }) => ({ ...part, ...change }))
      expect(byKey(await store.reader.members.ofCluster(cluster.id))).toEqual(byKey(expected))
    })

    test('the members of the last start of each cluster, and of those that failed their last lines', async () => {
      const { cluster, cloud, build, environment, node } = await store.write(insertFleet)
      const last_lines = ['Killed']
      const members = await store.write(async (transaction) => {
        const other = await insertNode(transaction, cloud.id, 'other')
        const third = await insertNode(transaction, cloud.id, 'third')
        const old = { ...member(cluster.id, node.id), released_at: later }
        const [head, worker] = [
          { ...member(cluster.id, other.id), generation: 2, phase: 'failed' as const, last_lines },
          { ...member(cluster.id, third.id), generation: 2, role: 'worker' as const, last_lines },
        ]
        await transaction.members.insert([old, head, worker])
        await transaction.clusters.update(cluster.id, { generation: 2 })
        return { head, worker }
      })
      const { head, worker } = members
      const of = (withOutput: boolean) => store.reader.members.ofLastStarts([cluster.id], { withOutput })
      expect(await of(true)).toEqual([head, worker])
      expect(await of(false)).toEqual([head, { ...worker, last_lines: null }])
      expect(await store.reader.builds.identifiers([build.id])).toEqual([
        {
          id: build.id,
          cloud_id: cloud.id,
          revision: 1,
          environment_id: environment.id,
          environment_name: environment.name,
        },
      ])
    })
  })
}
