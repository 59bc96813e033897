/**
 * The store as seen with a token limited to some clouds: data of other clouds does not exist there, and nothing is written to it (ADR 29). Every
 * method of every table is listed: a new one does not compile until its scope is decided here.
 */
import { type CloudId, type TokenId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import type { Reader, Transaction } from './store.ts'
import type { MemberKey } from './tables/members.ts'

/** Null: all clouds, now and later. */
export type Reach = readonly CloudId[] | null

export function scopedReader(whole: Reader, reach: Reach): Reader {
  return reach === null ? whole : limited(whole, reach)
}

export function scopedTransaction(whole: Transaction, reach: Reach): Transaction {
  if (reach === null) return whole
  // Only what a transaction announces after its commit is the same: ids of what it wrote, never shown.
  return { ...whole, ...limited(whole, reach) }
}

type OfACloud = { readonly cloud_id: CloudId }

/** Shared by tables whose items each belong to one cloud: an item of another cloud cannot be seen, created or moved there. */
interface TableOfClouds<Id, Item extends OfACloud> {
  insert(item: Item): Promise<void>
  byId(id: Id): Promise<Item | null>
  update(id: Id, change: Partial<Item>): Promise<void>
}

/** No route that accepts a token uses it. */
function notForTokens(): never {
  throw new TypeError('not a thing of a view that is limited to clouds')
}

function limited(whole: Reader, within: readonly CloudId[]): Reader {
  const clouds = new Set(within)
  const only = { within }
  const seen = <Item extends OfACloud>(item: Item | null): Item | null =>
    item !== null && clouds.has(item.cloud_id) ? item : null
  const allSeen = <Item extends OfACloud>(items: Item[]): Item[] => items.filter((item) => clouds.has(item.cloud_id))
  const require = (mayWrite: boolean): void => {
    if (!mayWrite) throw problem('TOKEN_LIMITED_TO_CLOUDS')
  }
  const requireCloud = (id: CloudId | undefined): void => require(id === undefined || clouds.has(id))

  const ofOneCloud = <Id, Item extends OfACloud>(table: TableOfClouds<Id, Item>): TableOfClouds<Id, Item> => {
    const byId = async (id: Id): Promise<Item | null> => seen(await table.byId(id))
    return {
      byId,
      async insert(item) {
        requireCloud(item.cloud_id)
        await table.insert(item)
      },
      async update(id, change) {
        require((await byId(id)) !== null)
        requireCloud(change.cloud_id)
        await table.update(id, change)
      },
    }
  }

  const cloudsHere: Reader['clouds'] = {
    insert: async () => require(false),
    async update(id, change) {
      requireCloud(id)
      await whole.clouds.update(id, change)
    },
    async remove(id, at) {
      requireCloud(id)
      await whole.clouds.remove(id, at)
    },
    byId: async (id) => (clouds.has(id) ? whole.clouds.byId(id) : null),
    async byName(name) {
      const found = await whole.clouds.byName(name)
      return found !== null && clouds.has(found.id) ? found : null
    },
    count: async () => (await whole.clouds.list(only, { before: null, limit: within.length })).length,
    list: (filter, slice) => whole.clouds.list({ ...filter, ...only }, slice),
  }

  const grants: Reader['grants'] = {
    async insert(grant) {
      requireCloud(grant.cloud_id)
      await whole.grants.insert(grant)
    },
    ofCloud: async (cloudId) => (clouds.has(cloudId) ? whole.grants.ofCloud(cloudId) : []),
    list: async (cloudId, slice) => (clouds.has(cloudId) ? whole.grants.list(cloudId, slice) : []),
    remove: async (cloudId, id) => clouds.has(cloudId) && whole.grants.remove(cloudId, id),
  }

  const environments: Reader['environments'] = {
    ...ofOneCloud(whole.environments),
    byName: async (name) => seen(await whole.environments.byName(name)),
    list: (filter, slice) => whole.environments.list({ ...filter, ...only }, slice),
    count: (filter, limit) => whole.environments.count({ ...filter, ...only }, limit),
  }

  const builds: Reader['builds'] = {
    ...ofOneCloud(whole.builds),
    identifiers: async (ids) => allSeen(await whole.builds.identifiers(ids)),
    byRevision: async (environmentId, revision) => seen(await whole.builds.byRevision(environmentId, revision)),
    latestOf: async (environmentIds) => allSeen(await whole.builds.latestOf(environmentIds)),
    list: (environmentId, slice) => whole.builds.list(environmentId, slice, only),
    inUse: async (environmentId) => allSeen(await whole.builds.inUse(environmentId)),
    undecided: async (cloudId) => (clouds.has(cloudId) ? whole.builds.undecided(cloudId) : []),
    toPrefetch: async (cloudId, limit) => (clouds.has(cloudId) ? whole.builds.toPrefetch(cloudId, limit) : []),
    async endPrefetch(environmentId, before) {
      require((await environments.byId(environmentId)) !== null)
      await whole.builds.endPrefetch(environmentId, before)
    },
    leasedTo: async (nodeIds) => allSeen(await whole.builds.leasedTo(nodeIds)),
  }

  const clusters: Reader['clusters'] = {
    ...ofOneCloud(whole.clusters),
    byName: async (name) => seen(await whole.clusters.byName(name)),
    byIds: async (ids) => allSeen(await whole.clusters.byIds(ids)),
    list: (filter, slice) => whole.clusters.list({ ...filter, ...only }, slice),
    count: (filter, limit) => whole.clusters.count({ ...filter, ...only }, limit),
    inState: async (cloudId, state) => (clouds.has(cloudId) ? whole.clusters.inState(cloudId, state) : []),
    async remove(id) {
      require((await clusters.byId(id)) !== null)
      await whole.clusters.remove(id)
    },
  }

  const nodes: Reader['nodes'] = {
    ...ofOneCloud(whole.nodes),
    byName: async (name) => seen(await whole.nodes.byName(name)),
    byInstance: async (instanceKey) => seen(await whole.nodes.byInstance(instanceKey)),
    byIds: async (ids) => allSeen(await whole.nodes.byIds(ids)),
    standings: async (ids) => allSeen(await whole.nodes.standings(ids)),
    names: async (ids) => allSeen(await whole.nodes.names(ids)),
    checkers: async (cloudId, limit) => (clouds.has(cloudId) ? whole.nodes.checkers(cloudId, limit) : []),
    free: async (cloudId, limit) => (clouds.has(cloudId) ? whole.nodes.free(cloudId, limit) : []),
    prefetching: async (cloudId, build) =>
      clouds.has(cloudId) ? whole.nodes.prefetching(cloudId, build) : { free: [], ready: [], failed: [] },
    keys: notForTokens,
    lastHeard: notForTokens,
    noteHeard: notForTokens,
    noteReports: notForTokens,
    list: (filter, slice) => whole.nodes.list({ ...filter, ...only }, slice),
    ids: (filter, slice) => whole.nodes.ids({ ...filter, ...only }, slice),
    count: (filter, limit) => whole.nodes.count({ ...filter, ...only }, limit),
  }

  const requireClusters = async (of: readonly MemberKey[]) => {
    const ids = [...new Set(of.map((member) => member.cluster_id))]
    require((await clusters.byIds(ids)).length === ids.length)
  }
  /** A member belongs to the cloud of its cluster. */
  const members: Reader['members'] = {
    async insert(added) {
      await requireClusters(added)
      await whole.members.insert(added)
    },
    async update(changes) {
      await requireClusters(changes.map(({ member }) => member))
      await whole.members.update(changes)
    },
    ofCluster: async (clusterId) =>
      (await clusters.byId(clusterId)) === null ? [] : whole.members.ofCluster(clusterId),
    states: async (clusterId) => ((await clusters.byId(clusterId)) === null ? [] : whole.members.states(clusterId)),
    async outline(cluster, lost) {
      const isSeen = (await clusters.byId(cluster.id)) !== null
      return isSeen ? whole.members.outline(cluster, lost) : { count: 0, running: 0, unreleased: 0, odd: [] }
    },
    async ofLastStarts(clusterIds, options) {
      const seenIds = (await clusters.byIds(clusterIds)).map((cluster) => cluster.id)
      return whole.members.ofLastStarts(seenIds, options)
    },
    holding: async (nodeId) => ((await nodes.byId(nodeId)) === null ? null : whole.members.holding(nodeId)),
    async holdingIn(nodeIds) {
      return whole.members.holdingIn((await nodes.byIds(nodeIds)).map((node) => node.id))
    },
    async removeBefore(clusterId, generation) {
      require((await clusters.byId(clusterId)) !== null)
      await whole.members.removeBefore(clusterId, generation)
    },
  }

  const sessions: Reader['sessions'] = {
    insert: notForTokens,
    byId: notForTokens,
    valid: notForTokens,
    async removeOf(nodeId) {
      require((await nodes.byId(nodeId)) !== null)
      await whole.sessions.removeOf(nodeId)
    },
    removeExpired: notForTokens,
  }

  const joinTokens: Reader['joinTokens'] = {
    async insert(token) {
      requireCloud(token.cloud_id)
      await whole.joinTokens.insert(token)
    },
    byHash: notForTokens,
    burn: notForTokens,
    async endOf(creatorId, at) {
      require((await apiTokens.byId(creatorId)) !== null)
      await whole.joinTokens.endOf(creatorId, at)
    },
  }

  const challenges: Reader['challenges'] = { burn: notForTokens, removeExpired: notForTokens, key: notForTokens }

  const pulls: Reader['pulls'] = {
    append: notForTokens,
    byId: (id) => whole.pulls.byId(id, only),
    lastOf: notForTokens,
    withHash: notForTokens,
    list: (filter, slice) => whole.pulls.list({ ...filter, ...only }, slice),
    count: (filter, limit) => whole.pulls.count({ ...filter, ...only }, limit),
    activity: (filter) => whole.pulls.activity({ ...filter, ...only }),
    nodesWithOld: notForTokens,
    oldestOf: notForTokens,
    removeThrough: notForTokens,
  }

  const pullCheckpoints: Reader['pullCheckpoints'] = {
    of: notForTokens,
    async ofNodes(nodeIds) {
      return whole.pullCheckpoints.ofNodes((await nodes.byIds(nodeIds)).map((node) => node.id))
    },
    put: notForTokens,
    receivedUntil: () => whole.pullCheckpoints.receivedUntil(only),
  }

  /** Each belongs to its caller, whose clouds never change. */
  const idempotency: Reader['idempotency'] = {
    find: (callerId, key) => whole.idempotency.find(callerId, key),
    insert: (answer) => whole.idempotency.insert(answer),
    removeBefore: notForTokens,
  }

  const apiTokens = tokensWithin(whole.apiTokens, clouds)

  const events: Reader['events'] = {
    async after(sequence, limit) {
      const found = []
      for (let from = sequence; ;) {
        const looked = await whole.events.after(from, limit, only)
        for (const event of looked) {
          if (event.kind !== 'token' || (await apiTokens.byId(event.resource_id as TokenId)) !== null) found.push(event)
        }
        const last = looked.at(-1)
        if (found.length >= limit || looked.length < limit || last === undefined) return found.slice(0, limit)
        from = last.sequence
      }
    },
    /** Positions, which this reader is not shown: its ids are sealed. */
    end: () => whole.events.end(),
    holds: (mark) => whole.events.holds(mark),
    newest: (hidden) => whole.events.newest(hidden, only),
    removeBefore: notForTokens,
  }

  const audit: Reader['audit'] = {
    /** Shows nothing: who may see it is decided when it is listed. */
    insert: (event) => whole.audit.insert(event),
    list: (filter, slice) => whole.audit.list({ ...filter, ...only }, slice),
    count: (filter, limit) => whole.audit.count({ ...filter, ...only }, limit),
  }

  return {
    clouds: cloudsHere,
    grants,
    environments,
    builds,
    clusters,
    members,
    nodes,
    sessions,
    joinTokens,
    challenges,
    apiTokens,
    pulls,
    pullCheckpoints,
    idempotency,
    events,
    audit,
    nameTaken: (kind, name) => whole.nameTaken(kind, name),
    mayReach: (cloudId) => clouds.has(cloudId),
    cloudsWithWork: notForTokens,
    counts: notForTokens,
  }
}

/** Tokens limited to some of the same clouds: no token may create, see or revoke one with more rights. */
function tokensWithin(whole: Reader['apiTokens'], clouds: ReadonlySet<CloudId>): Reader['apiTokens'] {
  const isWithin = (token: { readonly cloud_ids: Reach }) => token.cloud_ids?.every((id) => clouds.has(id)) ?? false
  const seen = <Token extends { readonly cloud_ids: Reach }>(token: Token | null): Token | null =>
    token !== null && isWithin(token) ? token : null
  const tokens: Reader['apiTokens'] = {
    async insert(token) {
      if (!isWithin(token)) throw problem('TOKEN_LIMITED_TO_CLOUDS')
      await whole.insert(token)
    },
    byHash: notForTokens,
    byId: async (id) => seen(await whole.byId(id)),
    liveByName: async (name) => seen(await whole.liveByName(name)),
    /** Shows nothing: names are unique in all clouds. */
    freeName: (name, at) => whole.freeName(name, at),
    count: notForTokens,
    async update(id, change) {
      if ((await tokens.byId(id)) === null || change.cloud_ids !== undefined) throw problem('TOKEN_LIMITED_TO_CLOUDS')
      await whole.update(id, change)
    },
    /** There are few tokens, so all are scanned. */
    async list(filter, { before, limit }) {
      const found = []
      for (let from = before; ;) {
        const looked = await whole.list(filter, { before: from, limit: 100 })
        found.push(...looked.filter(isWithin))
        const last = looked.at(-1)
        if (found.length >= limit || looked.length < 100 || last === undefined) return found.slice(0, limit)
        from = last.id
      }
    },
    removeEndedSessions: notForTokens,
  }
  return tokens
}
