/** Rules that the database itself enforces for every writer. */
import { newId, type BuildId, type NodeId } from '@fairlead/contract/names'
import { type PullPurpose } from '@fairlead/contract/wire'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  at,
  later,
  insertCloud,
  insertBuild,
  insertNode,
  insertFleet,
  member,
  pull,
} from '../../testing/inserted-records.ts'
import type { OpenedStore } from '../../testing/opened-store.ts'
import type { Store } from '../store.ts'
import type { PullFilter } from '../tables/pulls.ts'

const first = { before: null, limit: 100 }

export function describeRules(opened: () => OpenedStore): void {
  describe('rules that hold for every writer', () => {
    let store: Store
    beforeEach(() => {
      store = opened().store
    })

    test('a cloud name is unique', async () => {
      await store.write((transaction) => insertCloud(transaction, { name: 'one' }))
      await expect(store.write((transaction) => insertCloud(transaction, { name: 'one' }))).rejects.toBeInstanceOf(
        Error,
      )
    })

    test('a removed cloud is found by nothing, and its name is free', async () => {
      const gone = await store.write((transaction) => insertCloud(transaction, { name: 'one' }))
      await store.write((transaction) => insertNode(transaction, gone.id, 'n1'))
      await store.write((transaction) => transaction.clouds.remove(gone.id, at))
      const { clouds } = store.reader
      expect([await clouds.byId(gone.id), await clouds.byName('one'), await clouds.count()]).toEqual([null, null, 0])
      expect(await clouds.list({}, first)).toEqual([])
      expect(await store.reader.nameTaken('cloud', 'one')).toBe(false)
      const next = await store.write((transaction) => insertCloud(transaction, { name: 'one' }))
      expect(await clouds.byName('one')).toEqual(next)
    })

    test('a build belongs to an existing environment', async () => {
      const cloud = await store.write(insertCloud)
      await expect(
        store.write((transaction) => insertBuild(transaction, newId('cenv'), cloud.id)),
      ).rejects.toBeInstanceOf(Error)
    })

    test('a node has one workload at a time, and may get the next once it is released', async () => {
      const { node, cluster } = await store.write(insertFleet)
      const part = member(cluster.id, node.id)
      await store.write((transaction) => transaction.members.insert([part]))
      const second = { ...part, generation: 2 }
      await expect(store.write((transaction) => transaction.members.insert([second]))).rejects.toBeInstanceOf(Error)
      await store.write((transaction) =>
        transaction.members.update([{ member: part, change: { released_at: at, phase: 'stopped' } }]),
      )
      expect(await store.reader.members.holding(node.id)).toBeNull()
      await store.write((transaction) => transaction.members.insert([second]))
      expect(await store.reader.members.holding(node.id)).toEqual(second)
      expect(await store.reader.members.holdingIn([node.id])).toEqual([second])
      await store.write((transaction) => transaction.members.removeBefore(cluster.id, 2))
      expect(await store.reader.members.ofCluster(cluster.id)).toEqual([second])
    })

    test('the name of a revoked node may be reused', async () => {
      const cloud = await store.write(insertCloud)
      const node = await store.write((transaction) => insertNode(transaction, cloud.id, 'n1'))
      await expect(store.write((transaction) => insertNode(transaction, cloud.id, 'n1'))).rejects.toBeInstanceOf(Error)
      await store.write((transaction) => transaction.nodes.update(node.id, { revoked_at: at }))
      const next = await store.write((transaction) => insertNode(transaction, cloud.id, 'n1'))
      expect((await store.reader.nodes.byName('n1'))?.id).toBe(next.id)
    })

    test('S18: a challenge is answered once, and forgotten after it expires', async () => {
      const burn = () => store.write((transaction) => transaction.challenges.burn('nonce', at))
      const answers = await Promise.all([burn(), burn(), burn()])
      expect(answers.filter(Boolean)).toHaveLength(1)
      await store.write((transaction) => transaction.challenges.removeExpired(later))
      expect(await burn()).toBe(true)
    })

    test('a named key is created once, whichever caller asks first', async () => {
      const ask = (fresh: string) => store.write((transaction) => transaction.challenges.key('k', fresh))
      const [first, second] = [await ask('one'), await ask('two')]
      expect([first, second]).toEqual(['one', 'one'])
    })

    test('S19: a machine has at most one live node', async () => {
      const machine = { instance_key: 'aws:1:AROA:i-1', identity: { principal: 'arn', instance: 'i-1' } }
      const cloud = await store.write(insertCloud)
      const join = (name: string) => store.write((transaction) => insertNode(transaction, cloud.id, name, machine))
      const first = await join('m1')
      await expect(join('m2')).rejects.toThrow(/unique/i)
      expect(await store.reader.nodes.byInstance(machine.instance_key)).toEqual(first)
      await store.write((transaction) => transaction.nodes.update(first.id, { revoked_at: later }))
      expect(await store.reader.nodes.byInstance(machine.instance_key)).toBeNull()
      const next = await join('m2')
      expect((await store.reader.nodes.byInstance(machine.instance_key))?.id).toBe(next.id)
    })

    test('a join token works once, and not after it expires', async () => {
      const cloud = await store.write(insertCloud)
      const insert = (hash: string) =>
        store.write((transaction) =>
          transaction.joinTokens.insert({
            id: newId('jtk'),
            cloud_id: cloud.id,
            token_hash: hash,
            creator_id: 'tok_x',
            created_at: at,
            expires_at: later,
            used_at: null,
            used_by_node_id: null,
            used_by_node_name: null,
          }),
        )
      const burn = (hash: string, nodeName: string, when: string) =>
        store.write((transaction) => transaction.joinTokens.burn(hash, { nodeId: newId('node'), nodeName, at: when }))
      await insert('a')
      await insert('b')
      const answers = await Promise.all(['n1', 'n2', 'n3'].map((name) => burn('a', name, at)))
      expect(answers.filter(Boolean)).toHaveLength(1)
      expect((await store.reader.joinTokens.byHash('a'))?.used_by_node_name).toBe(`n${answers.indexOf(true) + 1}`)
      expect(await burn('b', 'n1', later)).toBe(false)
      expect(await burn('none', 'n1', at)).toBe(false)
    })

    test('a pull record is stored once per hash; the last is the one with the highest number', async () => {
      const { node } = await store.write(insertFleet)
      const append = (sequence: number, hash: string) =>
        store.write((transaction) => transaction.pulls.append(pull(node.id, sequence, hash)))
      await append(1, 'h1')
      await append(3, 'h3')
      await append(2, 'h2')
      await expect(append(4, 'h3')).rejects.toBeInstanceOf(Error)
      expect((await store.reader.pulls.lastOf(node.id))?.hash).toBe('h3')
      expect((await store.reader.pulls.withHash(node.id, 'h2'))?.sequence).toBe(2)
      expect(await store.reader.pulls.list({ nodeId: node.id }, first)).toHaveLength(3)
      expect(await store.reader.pulls.list({ code: 'IMAGE_NOT_FOUND' }, first)).toEqual([])
    })

    test('finds pull records by the build that they checked', async () => {
      const { node, build } = await store.write(insertFleet)
      const other = await store.write(insertFleet)
      const append = (sequence: number, build_id: BuildId | null) =>
        store.write((transaction) => transaction.pulls.append({ ...pull(node.id, sequence, `b${sequence}`), build_id }))
      await append(1, build.id)
      await append(2, other.build.id)
      await append(3, null)
      await append(4, build.id)
      const found = await store.reader.pulls.list({ buildId: build.id }, first)
      expect(found.map(({ sequence }) => sequence)).toEqual([4, 1])
    })

    test('finds pull records by their purpose, alone and with other filters', async () => {
      const [{ node }, other] = [await store.write(insertFleet), await store.write(insertFleet)]
      const append = (nodeId: NodeId, sequence: number, purpose: PullPurpose) =>
        store.write((transaction) =>
          transaction.pulls.append({ ...pull(nodeId, sequence, `p${nodeId}${sequence}`), purpose }),
        )
      await append(node.id, 1, 'door')
      await append(node.id, 2, 'cluster')
      await append(other.node.id, 3, 'door')
      await append(node.id, 4, 'door')
      const found = async (filter: PullFilter) =>
        (await store.reader.pulls.list(filter, first)).map(({ node_id, sequence }) => [node_id, sequence])
      expect(await found({ purpose: 'door', nodeId: node.id })).toEqual([
        [node.id, 4],
        [node.id, 1],
      ])
      expect(await found({ purpose: 'door' })).toEqual([
        [node.id, 4],
        [other.node.id, 3],
        [node.id, 1],
      ])
      expect(await found({ purpose: 'once' })).toEqual([])
    })
  })
}
