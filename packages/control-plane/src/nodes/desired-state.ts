/** The complete desired state of a node, computed from the store: for many nodes at once, since an order of a thousand wakes them all. */
import { hash } from 'node:crypto'
import type { CloudId, ClusterId, NodeId } from '@fairlead/contract/names'
import { problem, type Problem } from '@fairlead/contract/problems'
import { DesiredState, Workload, type Prefetch } from '@fairlead/contract/wire'
import { atOnce } from '../store/at-once.ts'
import type { BuildRecord, CloudRecord, ClusterRecord, MemberRecord } from '../store/records.ts'
import type { Reader } from '../store/store.ts'
import type { NodeStanding } from '../store/tables/nodes.ts'
import { checksPerNode, isLeased } from '../builds/plan-checks.ts'
import { imageOf, prefetchOf } from '../builds/prefetch.ts'
import { isWanted } from '../clusters/judge-cluster.ts'
import { whyCutOff } from '../identity/node-caller.ts'

export interface Ordered {
  node: NodeStanding
  cloud: CloudRecord
  part: { member: MemberRecord; cluster: ClusterRecord; build: BuildRecord } | null
  leased: readonly BuildRecord[]
  prefetch: Prefetch | null
}

export interface DesiredStateText {
  body: string
  etag: string
}

/** For each of the nodes what its state is made of, or why it gets none. */
export async function readOrdered(reader: Reader, nodeIds: readonly NodeId[]): Promise<Map<NodeId, Ordered | Problem>> {
  const [standings, held, leases] = await atOnce([
    reader.nodes.standings(nodeIds),
    reader.members.holdingIn(nodeIds),
    reader.builds.leasedTo(nodeIds),
  ])
  const nodes = byId(standings)
  const members = new Map(held.map((member) => [member.node_id, member]))
  const leased = Map.groupBy(leases, (build) => build.lease_node_id)
  const [{ clusters, builds }, { clouds, prefetched }] = await atOnce([
    readClusters(
      reader,
      distinct(held, (member) => member.cluster_id),
    ),
    readClouds(
      reader,
      distinct(standings, (node) => node.cloud_id),
    ),
  ])

  const partOf = (nodeId: NodeId): Ordered['part'] => {
    const member = members.get(nodeId)
    const cluster = member && clusters.get(member.cluster_id)
    const build = cluster && builds.get(cluster.build_id)
    return member && cluster && build ? { member, cluster, build } : null
  }
  const orderedOf = (id: NodeId): Ordered | Problem => {
    const node = nodes.get(id)
    if (node === undefined) return problem('NODE_REVOKED')
    const cutOff = whyCutOff(node)
    if (cutOff !== null) return cutOff
    const cloud = clouds.get(node.cloud_id)
    if (cloud === undefined) throw new TypeError('a node has a cloud')
    const prefetch = node.checker ? null : (prefetched.get(cloud.id) ?? null)
    return { node, cloud, part: partOf(id), leased: leased.get(id) ?? [], prefetch }
  }
  return new Map(nodeIds.map((id) => [id, orderedOf(id)]))
}

async function readClusters(reader: Reader, ids: readonly ClusterId[]) {
  const clusters = byId(await reader.clusters.byIds(ids))
  const buildIds = distinct(clusters.values(), (cluster) => cluster.build_id)
  return { clusters, builds: await each(buildIds, reader.builds) }
}

async function readClouds(reader: Reader, ids: readonly CloudId[]) {
  const [clouds, prefetches] = await atOnce([
    each(ids, reader.clouds),
    atOnce(ids.map(async (id) => [id, await prefetchOf(reader, id)] as const)),
  ])
  return { clouds, prefetched: new Map(prefetches) }
}

export function desiredStateText(ordered: Ordered, now: number): DesiredStateText {
  const body = JSON.stringify({ result: desiredStateOf(ordered, now) })
  return { body, etag: `"${hash('sha256', body, 'base64url')}"` }
}

const byId = <Item extends { id: PropertyKey }>(items: readonly Item[]) =>
  new Map<Item['id'], Item>(items.map((item) => [item.id, item]))

const distinct = <Item, Id>(items: Iterable<Item>, idOf: (item: Item) => Id): Id[] => [
  ...new Set(Iterator.from(items).map(idOf)),
]

/** Few: what many nodes have in common. */
async function each<Id extends PropertyKey, Item extends { id: Id }>(
  ids: readonly Id[],
  table: { byId(id: Id): Promise<Item | null> },
): Promise<Map<Id, Item>> {
  const found = await Promise.all(ids.map((id) => table.byId(id)))
  return new Map(found.filter((item) => item !== null).map((item) => [item.id, item]))
}

/** Of the contract's form: each part is parsed, and what many nodes have in common only once. */
function desiredStateOf({ node, cloud, part, leased, prefetch }: Ordered, now: number): DesiredState {
  const checks = leased
    .filter((build) => isLeased(leaseOf(build), now))
    .slice(0, checksPerNode)
    .map((build) => ({ build_id: build.id, attempt: build.attempt, ...imageOf(build) }))
  return {
    node_id: node.id,
    cloud: identityOf(cloud),
    workload: part === null ? null : workloadOf(part),
    checks: checks.length === 0 ? [] : DesiredState.shape.checks.parse(checks),
    ...(prefetch !== null && { prefetch }),
  }
}

/** By the record, which all nodes that are read together share. */
const identities = new WeakMap<CloudRecord, DesiredState['cloud']>()

function identityOf(cloud: CloudRecord): DesiredState['cloud'] {
  let identity = identities.get(cloud)
  if (identity === undefined) {
    const { id, provider, partition, region, account_id, project_id } = cloud
    identity = DesiredState.shape.cloud.parse({ id, provider, partition, region, account_id, project_id })
    identities.set(cloud, identity)
  }
  return identity
}

export function leaseOf(build: BuildRecord) {
  return {
    id: build.id,
    leaseNodeId: build.lease_node_id,
    leaseExpiresAt: build.lease_expires_at === null ? null : Date.parse(build.lease_expires_at),
  }
}

const workloads = new WeakMap<ClusterRecord, Map<MemberRecord['role'], Workload>>()

function workloadOf({ member, cluster, build }: NonNullable<Ordered['part']>): Workload | null {
  if (!isWanted(cluster.state) || member.generation !== cluster.generation) return null
  const digest = cluster.pin_digest ? cluster.digest : null
  // All nodes run one digest: until it is resolved, only the head starts, and resolves it.
  if (member.role === 'worker' && cluster.pin_digest && digest === null) return null
  const ofRoles = workloads.get(cluster) ?? new Map<MemberRecord['role'], Workload>()
  workloads.set(cluster, ofRoles)
  let workload = ofRoles.get(member.role)
  if (workload === undefined) {
    workload = Workload.parse({
      cluster_id: cluster.id,
      generation: cluster.generation,
      ...imageOf(build),
      digest,
      env_vars: build.env_vars,
      ...(cluster.ray_token !== null && { ray_token: cluster.ray_token }),
      role: member.role,
      head_address: member.role === 'worker' ? cluster.head_address : null,
      node_count: cluster.worker_count + 1,
    })
    ofRoles.set(member.role, workload)
  }
  return workload
}
