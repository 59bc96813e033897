/** A view limited to clouds is a second line of defense: whatever a route requests from it, nothing of another cloud is read or written. */
import { newId, type BuildId, type CloudId, type ClusterId, type NodeId, type TokenId } from '@fairlead/contract/names'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accessWorld, type AccessWorld } from '../testing/access-world.ts'
import { at, insertNode } from '../testing/inserted-records.ts'
import { facts } from '../testing/test-node.ts'
import { scopedReader, scopedTransaction } from './scoped-store.ts'
import { openSqliteStore } from './sqlite/sqlite.ts'
import type { Reader, Store, Transaction } from './store.ts'

interface Ids {
  home: CloudId
  other: CloudId
  environment: never
  build: BuildId
  cluster: ClusterId
  node: NodeId
  pull: never
  token: TokenId
}

let store: Store
let ids: Ids
let world: AccessWorld
beforeAll(async () => {
  world = await accessWorld()
  await world.admin.post(`/clusters/${world.clusterId}/start`, {})
  const token = (await world.admin.get('/api_tokens/me')).body.result.id
  ids = {
    home: world.home.id as CloudId,
    other: world.other.id as CloudId,
    environment: world.environment.id as never,
    build: world.buildId as BuildId,
    cluster: world.clusterId as ClusterId,
    node: world.node.id as NodeId,
    pull: world.pullId as never,
    token,
  }
  // The same database, opened separately.
  await world.running.plane.close()
  store = await openSqliteStore(world.running.dataDir)
  const removed = { sequence: 1, hash: 'h', removed: 1, received_until: at, removed_at: at, checksum: 'c' }
  await store.write(async (transaction) => {
    await transaction.pullCheckpoints.put({ node_id: ids.node, ...removed })
    await insertNode(transaction, ids.home, 'home-free', { checker: false, facts })
  })
})
afterAll(async () => {
  await store.close()
  await world[Symbol.asyncDispose]()
})

const first = { before: null, limit: 100 }

const reads: Record<string, (reader: Reader) => Promise<unknown>> = {
  'clouds.byId': (reader) => reader.clouds.byId(ids.home),
  'clouds.byName': (reader) => reader.clouds.byName('home'),
  'clouds.list': (reader) => reader.clouds.list({ name: 'home' }, first),
  'grants.ofCloud': (reader) => reader.grants.ofCloud(ids.home),
  'grants.list': (reader) => reader.grants.list(ids.home, first),
  'environments.byId': (reader) => reader.environments.byId(ids.environment),
  'environments.byName': (reader) => reader.environments.byName(world.environment.name),
  'environments.list': (reader) => reader.environments.list({ includeArchived: true }, first),
  'environments.list of that cloud': (reader) =>
    reader.environments.list({ includeArchived: true, cloudId: ids.home }, first),
  'builds.byId': (reader) => reader.builds.byId(ids.build),
  'builds.identifiers': (reader) => reader.builds.identifiers([ids.build]),
  'builds.byRevision': (reader) => reader.builds.byRevision(ids.environment, 1),
  'builds.latestOf': (reader) => reader.builds.latestOf([ids.environment]),
  'builds.list': (reader) => reader.builds.list(null, first),
  'builds.list of that environment': (reader) => reader.builds.list(ids.environment, first),
  'builds.inUse': (reader) => reader.builds.inUse(ids.environment),
  'builds.undecided': (reader) => reader.builds.undecided(ids.home),
  'builds.leasedTo': (reader) => reader.builds.leasedTo([ids.node]),
  'clusters.byId': (reader) => reader.clusters.byId(ids.cluster),
  'clusters.byName': (reader) => reader.clusters.byName('home-cluster'),
  'clusters.byIds': (reader) => reader.clusters.byIds([ids.cluster]),
  'clusters.list': (reader) => reader.clusters.list({}, first),
  'clusters.inState': async (reader) => [
    ...(await reader.clusters.inState(ids.home, 'StartingUp')),
    ...(await reader.clusters.inState(ids.home, 'AwaitingStartup')),
  ],
  'members.ofCluster': (reader) => reader.members.ofCluster(ids.cluster),
  'members.states': (reader) => reader.members.states(ids.cluster),
  'members.outline': async (reader) => {
    const outline = await reader.members.outline({ id: ids.cluster, generation: 1 }, new Set([ids.node]))
    return outline.unreleased === 0 ? outline.odd : outline
  },
  'members.ofLastStarts': (reader) => reader.members.ofLastStarts([ids.cluster], { withOutput: true }),
  'members.holding': (reader) => reader.members.holding(ids.node),
  'members.holdingIn': (reader) => reader.members.holdingIn([ids.node]),
  'nodes.byId': (reader) => reader.nodes.byId(ids.node),
  'nodes.byName': (reader) => reader.nodes.byName('home-node'),
  'nodes.byIds': (reader) => reader.nodes.byIds([ids.node]),
  'nodes.standings': (reader) => reader.nodes.standings([ids.node]),
  'nodes.names': (reader) => reader.nodes.names([ids.node]),
  'nodes.ids': (reader) => reader.nodes.ids({}, first),
  'nodes.checkers': (reader) => reader.nodes.checkers(ids.home, 9),
  'nodes.free': (reader) => reader.nodes.free(ids.home, 9),
  'nodes.prefetching': async (reader) =>
    (await reader.nodes.prefetching(ids.home, { id: ids.build, created_at: at })).free,
  'nodes.list': (reader) => reader.nodes.list({}, first),
  'pulls.byId': (reader) => reader.pulls.byId(ids.pull),
  'pulls.list': (reader) => reader.pulls.list({}, first),
  'pulls.list of that node': (reader) => reader.pulls.list({ nodeId: ids.node }, first),
  'pullCheckpoints.ofNodes': (reader) => reader.pullCheckpoints.ofNodes([ids.node]),
  'pullCheckpoints.receivedUntil': (reader) => reader.pullCheckpoints.receivedUntil(),
  // It may see the event that created its own cloud.
  'events.after': async (reader) => {
    const found = await reader.events.after(0, 100)
    return found.filter(({ resource_id }) => [ids.build, ids.node, ids.pull, ids.home].some((id) => id === resource_id))
  },
  'audit.list': (reader) => reader.audit.list({ act: 'join_token.create' }, first),
  'apiTokens.byId': (reader) => reader.apiTokens.byId(ids.token),
  'apiTokens.liveByName': (reader) => reader.apiTokens.liveByName('first-admin'),
  'apiTokens.list': (reader) => reader.apiTokens.list({}, first),
}

const isNothing = (found: unknown) => found === null || (Array.isArray(found) && found.length === 0)

describe('reads find nothing of a cloud out of reach', () => {
  test.each(Object.keys(reads))('%s', async (name) => {
    const read = reads[name]
    expect(isNothing(await read?.(store.reader))).toBe(false)
    expect(isNothing(await read?.(scopedReader(store.reader, [ids.other])))).toBe(true)
    expect(await read?.(scopedReader(store.reader, null))).toEqual(await read?.(store.reader))
  })

  test('and everything within reach', async () => {
    const limited = scopedReader(store.reader, [ids.home])
    for (const name of [
      'clouds.byId',
      'builds.list',
      'clusters.byId',
      'nodes.list',
      'pulls.byId',
      'members.ofCluster',
    ]) {
      expect(await reads[name]?.(limited), name).toEqual(await reads[name]?.(store.reader))
    }
    expect(await limited.clouds.count()).toBe(1)
  })
})

const writes: Record<string, (transaction: Transaction, reader: Reader) => Promise<unknown>> = {
  'clouds.insert': async (t, all) =>
    t.clouds.insert({ ...(await some(all.clouds.byId(ids.home))), id: newId('cld'), name: 'new' }),
  'clouds.update': (t) => t.clouds.update(ids.home, { region: null }),
  'grants.insert': async (t, all) => {
    const [grant] = await all.grants.ofCloud(ids.home)
    await t.grants.insert({ ...(await some(Promise.resolve(grant ?? null))), id: newId('grn') })
  },
  'environments.insert': async (t, all) =>
    t.environments.insert({ ...(await some(all.environments.byId(ids.environment))), id: newId('cenv'), name: 'new' }),
  'environments.update': (t) => t.environments.update(ids.environment, { archived_at: '2026-01-01T00:00:00.000Z' }),
  'builds.insert': async (t, all) =>
    t.builds.insert({ ...(await some(all.builds.byId(ids.build))), id: newId('bld'), revision: 99 }),
  'builds.update': (t) => t.builds.update(ids.build, { status: 'failed' }),
  'clusters.insert': async (t, all) =>
    t.clusters.insert({ ...(await some(all.clusters.byId(ids.cluster))), id: newId('ses'), name: 'new' }),
  'clusters.update': (t) => t.clusters.update(ids.cluster, { worker_count: 9 }),
  'members.removeBefore': (t) => t.members.removeBefore(ids.cluster, 99),
  'members.update': (t) =>
    t.members.update([
      { member: { cluster_id: ids.cluster, generation: 1, node_id: ids.node }, change: { phase: 'failed' } },
    ]),
  'nodes.insert': async (t, all) =>
    t.nodes.insert({ ...(await some(all.nodes.byId(ids.node))), id: newId('node'), name: 'new' }),
  'nodes.update': (t) => t.nodes.update(ids.node, { revoked_at: '2026-01-01T00:00:00.000Z' }),
  'sessions.removeOf': (t) => t.sessions.removeOf(ids.node),
  'apiTokens.update': (t) => t.apiTokens.update(ids.token, { revoked_at: '2026-01-01T00:00:00.000Z' }),
  'joinTokens.endOf': (t) => t.joinTokens.endOf(ids.token, at),
  'apiTokens.insert': async (t, all) =>
    t.apiTokens.insert({
      ...(await some(all.apiTokens.byId(ids.token))),
      id: newId('tok'),
      name: 'new',
      token_hash: 'x',
    }),
}

async function some<Item>(found: Promise<Item | null>): Promise<Item> {
  const item = await found
  if (item === null) throw new TypeError('the world has one of each')
  return item
}

describe('writes to a cloud out of reach fail', () => {
  test.each(Object.keys(writes))('%s', async (name) => {
    const refused = store.write((transaction) =>
      Promise.resolve(writes[name]?.(scopedTransaction(transaction, [ids.other]), transaction)),
    )
    await expect(refused).rejects.toMatchObject({ code: 'TOKEN_LIMITED_TO_CLOUDS' })
  })

  test('and do not remove a grant', async () => {
    const [grant] = await store.reader.grants.ofCloud(ids.home)
    const removed = store.write((transaction) =>
      scopedTransaction(transaction, [ids.other]).grants.remove(ids.home, (grant?.id ?? '') as never),
    )
    expect(await removed).toBe(false)
    expect(await store.reader.grants.ofCloud(ids.home)).toHaveLength(1)
  })

  test('and cannot move a resource out of reach', async () => {
    const moved = store.write((transaction) =>
      scopedTransaction(transaction, [ids.home]).clusters.update(ids.cluster, { cloud_id: ids.other }),
    )
    await expect(moved).rejects.toMatchObject({ code: 'TOKEN_LIMITED_TO_CLOUDS' })
  })
})
