import { newId, type NodeId } from '@fairlead/contract/names'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../store/store.ts'
import { freshStore } from '../testing/fresh-store.ts'
import { at, insertCluster, insertFleet, insertNode, later, member } from '../testing/inserted-records.ts'
import { DesiredStates } from './desired-states.ts'

const opened = freshStore()
let store: Store
beforeEach(() => {
  store = opened()
})

const clock = () => Date.parse(at)

const stateOf = (body: string) =>
  (JSON.parse(body) as { result: { node_id: NodeId; workload: unknown; checks: unknown[] } }).result

test('each of many nodes that ask at once gets its own state', async () => {
  const { idle, busy, second, checking, clusterId, buildId } = await store.write(async (transaction) => {
    const { cloud, build } = await insertFleet(transaction)
    const nodes = []
    for (let number = 0; number < 200; number += 1) nodes.push(await insertNode(transaction, cloud.id, `n${number}`))
    const [idle, busy, checking] = [nodes[0]!.id, nodes[100]!.id, nodes[199]!.id]
    const cluster = await insertCluster(transaction, build)
    await transaction.clusters.update(cluster.id, { state: 'StartingUp', generation: 1 })
    const second = nodes[101]!.id
    await transaction.clusters.update(cluster.id, { digest: `sha256:${'a'.repeat(64)}` })
    await transaction.members.insert([member(cluster.id, busy), { ...member(cluster.id, second), role: 'worker' }])
    await transaction.builds.update(build.id, { attempt: 1, lease_node_id: checking, lease_expires_at: later })
    return { idle, busy, second, checking, clusterId: cluster.id, buildId: build.id }
  })
  const states = new DesiredStates(store, clock)
  const ids = (await store.reader.nodes.lastHeard()).map(({ id }) => id)
  const found = new Map(await Promise.all(ids.map(async (id) => [id, stateOf((await states.read(id)).body)] as const)))
  for (const [id, state] of found) expect(state.node_id).toBe(id)
  expect(found.get(second)).toMatchObject({ workload: { cluster_id: clusterId, role: 'worker' }, checks: [] })
  expect(found.get(idle)).toMatchObject({ workload: null, checks: [] })
  expect(found.get(busy)).toMatchObject({ workload: { cluster_id: clusterId, role: 'head' }, checks: [] })
  expect(found.get(checking)).toMatchObject({ workload: null, checks: [{ build_id: buildId }] })
})

test('a node that is none any more gets the reason, and the others their states', async () => {
  const [stays, goes] = await store.write(async (transaction) => {
    const { cloud } = await insertFleet(transaction)
    return [
      await insertNode(transaction, cloud.id, 'stays'),
      await insertNode(transaction, cloud.id, 'goes', { revoked_at: later, revoked_because: 'left' }),
    ] as const
  })
  const states = new DesiredStates(store, clock)
  const [first, second, third] = await Promise.allSettled([
    states.read(stays.id),
    states.read(goes.id),
    states.read(newId('node')),
  ])
  expect(first.status).toBe('fulfilled')
  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'NODE_FORGOTTEN' } })
  expect(third).toMatchObject({ status: 'rejected', reason: { code: 'NODE_REVOKED' } })
})

test('a record that makes no valid state spoils the answer of its own node only', async () => {
  const [sound, broken] = await store.write(async (transaction) => {
    const { cloud, build } = await insertFleet(transaction)
    const nodes = [await insertNode(transaction, cloud.id, 'sound'), await insertNode(transaction, cloud.id, 'broken')]
    const lease = { lease_node_id: nodes[1]!.id, lease_expires_at: later }
    await transaction.builds.update(build.id, { attempt: -1, ...lease })
    return nodes as [(typeof nodes)[number], (typeof nodes)[number]]
  })
  const states = new DesiredStates(store, clock)
  const [first, second] = await Promise.allSettled([states.read(sound.id), states.read(broken.id)])
  expect([first.status, second.status]).toEqual(['fulfilled', 'rejected'])
})

test('what was committed before a node asked is in its answer, also while others are being read', async () => {
  const { cloud, node } = await store.write(insertFleet)
  const states = new DesiredStates(store, clock)
  const earlier = states.read(node.id)
  await earlier
  const reading = states.read(node.id)
  await store.write((transaction) => transaction.clouds.update(cloud.id, { region: 'us-east-1' }))
  const after = states.read(node.id)
  await reading
  expect((await after).body).toContain('us-east-1')
})

describe('the tag of a state', () => {
  const read = async (states: DesiredStates, id: NodeId) => (await states.read(id)).etag

  test('is known to be the newest until something wakes the node, and for five minutes at most', async () => {
    const { node } = await store.write(insertFleet)
    let now = Date.parse(at)
    const states = new DesiredStates(store, () => now)
    const etag = await read(states, node.id)
    expect([states.isNewest(node.id, etag), states.isNewest(node.id, '"other"')]).toEqual([true, false])
    states.forget(node.id)
    expect(states.isNewest(node.id, etag)).toBe(false)
    await read(states, node.id)
    now += 300_001
    expect(states.isNewest(node.id, etag)).toBe(false)
    await read(states, node.id)
    expect(states.isNewest(node.id, etag)).toBe(true)
    states.forgetAll()
    expect(states.isNewest(node.id, etag)).toBe(false)
  })

  test('is not kept if the node was woken while its state was being read', async () => {
    const { node } = await store.write(insertFleet)
    const reader = { ...store.reader, nodes: { ...store.reader.nodes } }
    const standings = store.reader.nodes.standings.bind(store.reader.nodes)
    const states = new DesiredStates({ reader, peers: null }, clock)
    reader.nodes.standings = async (ids) => {
      const found = await standings(ids)
      states.forget(node.id)
      return found
    }
    expect(states.isNewest(node.id, await read(states, node.id))).toBe(false)
  })

  test('is not kept while the node checks a build, since its lease ends by itself', async () => {
    const node = await store.write(async (transaction) => {
      const { node, build } = await insertFleet(transaction)
      await transaction.builds.update(build.id, { attempt: 1, lease_node_id: node.id, lease_expires_at: later })
      return node
    })
    const states = new DesiredStates(store, clock)
    expect(states.isNewest(node.id, await read(states, node.id))).toBe(false)
  })
})
