/** The fleet's queries about work, nodes and sessions. */
import { newId, type BuildId, type NodeId } from '@fairlead/contract/names'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  at,
  later,
  insertCloud,
  insertEnvironment,
  insertBuild,
  insertNode,
  insertFleet,
  member,
  pull,
} from '../../testing/inserted-records.ts'
import { facts } from '../../testing/test-node.ts'
import type { OpenedStore } from '../../testing/opened-store.ts'
import type { BuildRecord, NodeRecord, StoredPull } from '../records.ts'
import type { Slice } from '../query.ts'
import type { Store } from '../store.ts'
import type { NodeFilter } from '../tables/nodes.ts'

export function describeFleetQuestions(opened: () => OpenedStore): void {
  describe('fleet queries', () => {
    let store: Store
    beforeEach(() => {
      store = opened().store
    })

    test('undecided builds, oldest first, and those held by a node', async () => {
      const cloud = await store.write(insertCloud)
      const environment = await store.write((transaction) => insertEnvironment(transaction, cloud.id))
      const node = newId('node')
      const make = (revision: number, part: Partial<BuildRecord>) =>
        store.write((transaction) => insertBuild(transaction, environment.id, cloud.id, { revision, ...part }))
      const pending = await make(1, { id: newId('bld', 1) })
      const held = await make(2, {
        id: newId('bld', 2),
        status: 'in_progress',
        lease_node_id: node,
        lease_expires_at: later,
      })
      await make(3, { id: newId('bld', 3), status: 'failed' })
      expect(await store.reader.builds.undecided(cloud.id)).toEqual([pending, held])
      expect(await store.reader.builds.leasedTo([node, newId('node')])).toEqual([held])
      expect(await store.reader.cloudsWithWork(at)).toEqual([cloud.id])
      await store.write((transaction) => transaction.builds.update(pending.id, { status: 'succeeded' }))
      expect(await store.reader.cloudsWithWork(at)).toEqual([])
      expect(await store.reader.cloudsWithWork(later)).toEqual([cloud.id])
    })

    test('checked builds to prefetch, newest first, until that ends for some or all of an environment', async () => {
      const cloud = await store.write(insertCloud)
      const environment = await store.write((transaction) => insertEnvironment(transaction, cloud.id))
      const digest = `sha256:${'a'.repeat(64)}`
      const make = (revision: number, part: Partial<BuildRecord>) =>
        store.write((transaction) =>
          insertBuild(transaction, environment.id, cloud.id, {
            id: newId('bld', revision),
            revision,
            status: 'succeeded',
            digest,
            prefetch: true,
            ...part,
          }),
        )
      const [first, second] = [await make(1, {}), await make(2, {})]
      await make(3, { prefetch: false })
      await make(4, { status: 'failed' })
      const found = (limit = 10) => store.reader.builds.toPrefetch(cloud.id, limit)
      expect(await found()).toEqual([second, first])
      expect(await found(1)).toEqual([second])
      expect(await store.reader.builds.toPrefetch(newId('cld'), 10)).toEqual([])
      await store.write((transaction) => transaction.builds.endPrefetch(environment.id, 2))
      expect(await found()).toEqual([second])
      await store.write((transaction) => transaction.builds.endPrefetch(environment.id, null))
      expect(await found()).toEqual([])
    })

    test('the newest build of each environment', async () => {
      const cloud = await store.write(insertCloud)
      const environment = await store.write((transaction) => insertEnvironment(transaction, cloud.id))
      await store.write((transaction) => insertBuild(transaction, environment.id, cloud.id))
      const second = await store.write(async (transaction) => {
        await transaction.environments.update(environment.id, { latest_revision: 2 })
        return insertBuild(transaction, environment.id, cloud.id, { revision: 2 })
      })
      expect(await store.reader.builds.latestOf([environment.id])).toEqual([second])
      expect(await store.reader.builds.latestOf([])).toEqual([])
    })

    test('clusters in a state, the longest waiting first, and the number in each state', async () => {
      const { cluster, cloud } = await store.write(insertFleet)
      const change = { state: 'AwaitingStartup', state_changed_at: later } as const
      await store.write((transaction) => transaction.clusters.update(cluster.id, change))
      expect(await store.reader.clusters.inState(cloud.id, 'AwaitingStartup')).toEqual([{ ...cluster, ...change }])
      expect(await store.reader.counts()).toEqual({ clusters: { AwaitingStartup: 1 }, builds: { pending: 1 } })
      expect(await store.reader.cloudsWithWork(at)).toEqual([cloud.id])
    })

    test('free nodes have an engine and no cluster, the most memory first', async () => {
      const cloud = await store.write(insertCloud)
      const other = await store.write(insertCloud)
      const worker = { checker: false, facts }
      const [small, large, twin, held] = await store.write(async (transaction) => {
        const add = (name: string, part: object, cloudId = cloud.id) => insertNode(transaction, cloudId, name, part)
        const ofSize = (memory_bytes: number) => ({ ...worker, facts: { ...facts, memory_bytes } })
        const made = [
          await add('small', { ...ofSize(1), last_heard_at: later }),
          await add('large', { ...ofSize(2), id: newId('node', 1) }),
          await add('twin', { ...ofSize(2), id: newId('node', 2) }),
          await add('held', ofSize(3)),
        ] as const
        await add('silent', { checker: false })
        await add('no engine', { checker: false, facts: { ...facts, engine_version: null } })
        await add('checker', { checker: true, facts })
        await add('gone', { ...worker, revoked_at: later })
        await add('elsewhere', worker, other.id)
        return made
      })
      const { cluster } = await store.write(insertFleet)
      await store.write((transaction) => transaction.members.insert([member(cluster.id, held.id)]))
      const free = (limit: number) => store.reader.nodes.free(cloud.id, limit)
      expect(await free(9)).toEqual([
        { id: large.id, memory_bytes: 2, heard_at: at },
        { id: twin.id, memory_bytes: 2, heard_at: at },
        { id: small.id, memory_bytes: 1, heard_at: later },
      ])
      expect(await free(1)).toHaveLength(1)
      const release = { released_at: later }
      await store.write((transaction) =>
        transaction.members.update([{ member: member(cluster.id, held.id), change: release }]),
      )
      expect((await free(9))[0]).toMatchObject({ id: held.id })
      await store.write((transaction) =>
        transaction.nodes.update(held.id, { facts: { ...facts, engine_version: null } }),
      )
      expect((await free(9))[0]).toMatchObject({ id: large.id })
    })

    test('the free nodes that have prefetched an image, and of the others those that last failed to', async () => {
      const { cloud, build, cluster } = await store.write(insertFleet)
      const other = await store.write(insertFleet)
      const add = (prefetched?: BuildId[], part: Partial<NodeRecord> = {}) =>
        store.write((transaction) =>
          insertNode(transaction, cloud.id, newId('node'), {
            checker: false,
            facts: { ...facts, prefetched },
            ...part,
          }),
        )
      let sequence = 0
      const tried = (node: NodeRecord, part: Partial<StoredPull>) =>
        store.write((transaction) => {
          const one = pull(node.id, ++sequence, `h${sequence}`)
          return transaction.pulls.append({ ...one, purpose: 'prefetch', build_id: build.id, ...part })
        })
      const has = await add([other.build.id, build.id])
      const hasOther = await add([other.build.id])
      const none = await add()
      const hasFailed = await add([])
      const held = await add([build.id])
      await add([build.id], { checker: true })
      await add([build.id], { revoked_at: later })
      await store.write((transaction) => transaction.members.insert([member(cluster.id, held.id)]))

      await tried(has, { code: 'NODE_DISK_FULL' })
      await tried(hasFailed, {})
      await tried(hasFailed, { code: 'NODE_DISK_FULL' })
      await tried(hasFailed, { build_id: other.build.id })
      await tried(hasFailed, { purpose: 'cluster' })
      await tried(held, { code: 'NODE_DISK_FULL' })
      await tried(none, { purpose: 'check', code: 'NODE_DISK_FULL' })
      await tried(hasOther, { code: 'NODE_DISK_FULL' })
      await tried(hasOther, { code: 'INTERRUPTED' })
      const found = async (cloudId = cloud.id) => {
        const lists = await store.reader.nodes.prefetching(cloudId, build)
        return Object.fromEntries(Object.entries(lists).map(([name, ids]) => [name, new Set(ids)]))
      }
      expect(await found()).toEqual({
        free: new Set([has.id, hasOther.id, none.id, hasFailed.id]),
        ready: new Set([has.id]),
        failed: new Set([hasFailed.id]),
      })
      await tried(hasFailed, {})
      expect(await found()).toMatchObject({ failed: new Set() })
      expect(await found(other.cloud.id)).toEqual({ free: new Set(), ready: new Set(), failed: new Set() })
    })

    test('nodes that can check builds are live and have reported, checkers first', async () => {
      const cloud = await store.write(insertCloud)
      const [worker, checker] = await store.write(async (transaction) => {
        await insertNode(transaction, cloud.id, 'silent')
        await insertNode(transaction, cloud.id, 'gone', { facts, revoked_at: later })
        return [
          await insertNode(transaction, cloud.id, 'worker', { facts, checker: false, id: newId('node', 1) }),
          await insertNode(transaction, cloud.id, 'checker', { facts, id: newId('node', 2) }),
        ] as const
      })
      expect(await store.reader.nodes.checkers(cloud.id, 9)).toEqual([
        { id: checker.id, checker: true, heard_at: at },
        { id: worker.id, checker: false, heard_at: at },
      ])
      expect(await store.reader.nodes.checkers(cloud.id, 1)).toMatchObject([{ id: checker.id }])
    })

    test('when each node was last heard, or joined', async () => {
      const cloud = await store.write(insertCloud)
      const [a, b, c] = await store.write(async (transaction) => [
        await insertNode(transaction, cloud.id, 'a'),
        await insertNode(transaction, cloud.id, 'b'),
        await insertNode(transaction, cloud.id, 'c'),
      ])
      await store.write(async (transaction) => {
        await transaction.nodes.update(b.id, { last_heard_at: later })
        await transaction.nodes.update(c.id, { revoked_at: later })
      })
      const heard = await store.reader.nodes.lastHeard()
      expect(new Map(heard.map((one) => [one.id, one.heard_at]))).toEqual(
        new Map([
          [a.id, at],
          [b.id, later],
        ]),
      )
    })

    test('what many nodes report is written together, and each keeps the rest of its own', async () => {
      const cloud = await store.write(insertCloud)
      const [first, second, third] = await store.write(async (transaction) => [
        await insertNode(transaction, cloud.id, 'a', { checker: false }),
        await insertNode(transaction, cloud.id, 'b', { checker: false, facts }),
        await insertNode(transaction, cloud.id, 'c', { facts }),
      ])
      const said = { last_heard_at: later, report_ids: ['rep_b' as const], pull_chain: 'intact' as const }
      const withoutEngine = { ...facts, engine_version: null }
      await store.write((transaction) =>
        transaction.nodes.noteReports([
          { id: first.id, facts, ...said },
          { id: second.id, facts: withoutEngine, ...said, pull_chain: null },
        ]),
      )
      expect(await store.reader.nodes.byId(first.id)).toEqual({ ...first, facts, ...said })
      const changed = { ...second, facts: withoutEngine, ...said, pull_chain: null }
      expect(await store.reader.nodes.byId(second.id)).toEqual(changed)
      expect(await store.reader.nodes.byId(third.id)).toEqual(third)
      expect(await store.reader.nodes.free(cloud.id, 9)).toMatchObject([
        { id: first.id, memory_bytes: facts.memory_bytes },
      ])
      await store.write((transaction) => transaction.nodes.noteReports([]))
    })

    test('the keys of the nodes that are not revoked, and the sessions that have not ended', async () => {
      const cloud = await store.write(insertCloud)
      const [stays, goes] = await store.write(async (transaction) => [
        await insertNode(transaction, cloud.id, 'stays'),
        await insertNode(transaction, cloud.id, 'goes'),
      ])
      await store.write((transaction) => transaction.nodes.update(goes.id, { revoked_at: later }))
      expect(await store.reader.nodes.keys()).toEqual([{ id: stays.id, public_key: stays.public_key }])
      const session = { node_id: stays.id }
      const [ended, valid] = [
        { ...session, id: newId('nse'), expires_at: at },
        { ...session, id: newId('nse'), expires_at: later },
      ]
      await store.write(async (transaction) => {
        await transaction.sessions.insert(ended)
        await transaction.sessions.insert(valid)
      })
      expect(await store.reader.sessions.valid(at)).toEqual([valid])
    })

    test('nodes that still exist, and those that no longer do', async () => {
      const cloud = await store.write(insertCloud)
      const [stays, goes] = await store.write(async (transaction) => [
        await insertNode(transaction, cloud.id, 'stays'),
        await insertNode(transaction, cloud.id, 'goes'),
      ])
      const end = { revoked_at: later, revoked_because: 'left' } as const
      await store.write((transaction) => transaction.nodes.update(goes.id, end))
      const list = (live?: boolean) => store.reader.nodes.list({ cloudId: cloud.id, live }, { before: null, limit: 9 })
      expect(await list(true)).toEqual([stays])
      expect(await list(false)).toEqual([{ ...goes, ...end }])
      expect(await list()).toHaveLength(2)
    })

    test('nodes by their ids alone, and only those that told of pods that wait', async () => {
      const cloud = await store.write(insertCloud)
      const waiting_pods = [{ pod: { namespace: 'team', name: 'p', owner: null }, image: 'a', since: at, code: null }]
      const [first, second, third] = await store.write(async (transaction) => [
        await insertNode(transaction, cloud.id, 'c', { facts: { ...facts, waiting_pods } }),
        await insertNode(transaction, cloud.id, 'a', { facts: { ...facts, waiting_pods: [] } }),
        await insertNode(transaction, cloud.id, 'b', { facts: null, last_heard_at: later }),
      ])
      const ids = (filter: NodeFilter, order: Slice['order'] = null) =>
        store.reader.nodes.ids({ cloudId: cloud.id, ...filter }, { before: null, order, limit: 9 })
      expect(await ids({ waitedOn: true })).toEqual([first.id])
      expect(await ids({}, { by: 'name', direction: 'asc' })).toEqual([second.id, third.id, first.id])
      expect(await store.reader.nodes.names([third.id])).toEqual([
        { id: third.id, name: 'b', cloud_id: cloud.id, last_heard_at: later },
      ])
      expect(await store.reader.nodes.standings([third.id])).toEqual([
        { id: third.id, cloud_id: cloud.id, checker: true, revoked_at: null, revoked_because: null },
      ])
    })

    test('nodes whose records form no whole chain, and those of which that is not known', async () => {
      const cloud = await store.write(insertCloud)
      const [none, intact, gap, fork] = await store.write(async (transaction) => [
        await insertNode(transaction, cloud.id, 'none'),
        await insertNode(transaction, cloud.id, 'intact', { pull_chain: 'intact' }),
        await insertNode(transaction, cloud.id, 'gap', { pull_chain: 'gap' }),
        await insertNode(transaction, cloud.id, 'fork', { pull_chain: 'fork' }),
      ])
      const ids = async (brokenChain?: boolean) =>
        new Set(await store.reader.nodes.ids({ cloudId: cloud.id, brokenChain }, { before: null, limit: 9 }))
      expect(await ids(true)).toEqual(new Set([gap.id, fork.id]))
      expect(await ids(false)).toEqual(new Set([none.id, intact.id]))
      expect((await ids()).size).toBe(4)
    })

    test('writes when nodes were heard for many at once, and only forward', async () => {
      const cloud = await store.write(insertCloud)
      const ids = await store.write(async (transaction) => {
        const made: NodeId[] = []
        for (let i = 0; i < 600; i++) made.push((await insertNode(transaction, cloud.id, `n${i}`)).id)
        return made
      })
      const note = (heard_at: string) =>
        store.write((transaction) => transaction.nodes.noteHeard(ids.map((id) => ({ id, heard_at }))))
      await note(later)
      await note(at)
      const heard = await store.reader.nodes.lastHeard()
      expect(new Set(heard.map((one) => one.id))).toEqual(new Set(ids))
      expect(heard.every((one) => one.heard_at === later)).toBe(true)
      await store.write((transaction) => transaction.nodes.noteHeard([]))
    })

    test('sessions end, and answers to idempotency keys are forgotten', async () => {
      const { node } = await store.write(insertFleet)
      const session = { id: newId('nse'), node_id: node.id, expires_at: at }
      const answer = {
        caller_id: 'tok_x',
        key: 'k',
        request_hash: 'h',
        status: 201,
        sealed_body: 's',
        created_at: at,
      }
      await store.write(async (transaction) => {
        await transaction.sessions.insert(session)
        await transaction.idempotency.insert(answer)
      })
      expect(await store.reader.sessions.byId(session.id)).toEqual(session)
      expect(await store.reader.idempotency.find('tok_x', 'k')).toEqual(answer)
      expect(await store.reader.idempotency.find('tok_y', 'k')).toBeNull()
      await store.write(async (transaction) => {
        await transaction.sessions.removeExpired(later)
        await transaction.idempotency.removeBefore(later)
      })
      expect(await store.reader.sessions.byId(session.id)).toBeNull()
      expect(await store.reader.idempotency.find('tok_x', 'k')).toBeNull()
    })
  })
}
