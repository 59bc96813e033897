/** The public form of clusters and their nodes. */
import type { NodeId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import {
  PullCheckpoint,
  type Cluster,
  type ClusterConnection,
  type ClusterNode,
  type Node,
  type Role,
} from '@fairlead/contract/wire'
import { iso } from '../clock.ts'
import { isWanted } from './judge-cluster.ts'
import type { Presence } from '../nodes/presence.ts'
import { atOnce } from '../store/at-once.ts'
import type { ClusterRecord, MemberRecord, NodeRecord } from '../store/records.ts'
import type { Reader } from '../store/store.ts'
import type { BuildIdentifier } from '../store/tables/builds.ts'
import type { NamedNode } from '../store/tables/nodes.ts'
import { presentProblem } from '../builds/present.ts'

export async function presentClusters(
  reader: Reader,
  clusters: readonly ClusterRecord[],
  presence: Presence,
  role: Role,
): Promise<Cluster[]> {
  // A cluster that is over shows no nodes.
  const going = clusters.filter(({ state }) => state !== 'Terminated').map(({ id }) => id)
  const [members, builds] = await atOnce([
    reader.members.ofLastStarts(going, { withOutput: false }),
    reader.builds.identifiers([...new Set(clusters.map(({ build_id }) => build_id))]),
  ])
  const membersOf = Map.groupBy(members, (member) => member.cluster_id)
  const nodes = await namesOf(reader, members)
  const buildById = new Map(builds.map((build) => [build.id, build]))
  return clusters.map((cluster) => {
    const shown = presentMembers(cluster, membersOf.get(cluster.id) ?? [], { nodes, presence, role })
    return presentCluster(cluster, buildById.get(cluster.build_id), shown)
  })
}

/**
 * Available even after the cluster ended, when the cluster itself shows no nodes: they would make a list of many clusters long. For the same
 * reason only these have the output of a running container.
 */
export async function presentNodesOfLastStart(
  reader: Reader,
  cluster: ClusterRecord,
  presence: Presence,
  role: Role,
): Promise<ClusterNode[]> {
  const own = await reader.members.ofLastStarts([cluster.id], { withOutput: true })
  return presentMembers(cluster, own, { nodes: await namesOf(reader, own), presence, role })
}

async function namesOf(reader: Reader, members: readonly MemberRecord[]): Promise<ReadonlyMap<NodeId, NamedNode>> {
  const nodes = await reader.nodes.names([...new Set(members.map((member) => member.node_id))])
  return new Map(nodes.map((node) => [node.id, node]))
}

function presentCluster(cluster: ClusterRecord, build: BuildIdentifier | undefined, nodes: ClusterNode[]): Cluster {
  if (build === undefined) throw new TypeError('a cluster has a build, and a build an environment')
  return {
    id: cluster.id,
    name: cluster.name,
    state: cluster.state,
    problem: presentProblem(cluster.problem),
    cloud_id: cluster.cloud_id,
    cluster_environment_id: build.environment_id,
    cluster_environment_build_id: build.id,
    cluster_environment: `${build.environment_name}:${build.revision}`,
    worker_count: cluster.worker_count,
    pin_digest: cluster.pin_digest,
    digest: cluster.digest,
    generation: cluster.generation,
    creator_id: cluster.creator_id,
    creator_name: cluster.creator_name,
    created_at: cluster.created_at,
    state_changed_at: cluster.state_changed_at,
    ray_address: cluster.head_address === null ? null : rayClientAddress(cluster.head_address),
    dashboard_url: cluster.dashboard_url,
    alive_nodes: aliveNodes(cluster.alive_nodes, nodes),
    nodes,
  }
}

/** The only answer with the token: viewers can read lists, events and single clusters too. */
export function presentConnection(cluster: ClusterRecord): ClusterConnection {
  const { head_address: head, dashboard_url, ray_token } = cluster
  if (head === null) throw problem('CLUSTER_NOT_RUNNING', { name: cluster.name })
  return { ray_address: rayClientAddress(head), dashboard_url, ray_token }
}

/** Ray lists a node as alive for a while after it is lost; with the head lost, nothing counts them. */
export function aliveNodes(
  listed: number | null,
  nodes: readonly Pick<ClusterNode, 'role' | 'phase'>[],
): number | null {
  if (listed === null || nodes.some(({ role, phase }) => role === 'head' && phase === 'lost')) return null
  return Math.min(listed, nodes.filter(({ phase }) => phase !== 'lost').length)
}

/** Ray Client listens on a separate port of the head. */
function rayClientAddress(headAddress: string): string {
  return `ray://${headAddress.replace(/:\d+$/, '')}:10001`
}

interface PresentMemberParts {
  readonly nodes: ReadonlyMap<NodeId, NamedNode>
  readonly presence: Presence
  readonly role: Role
}

function presentMembers(
  cluster: ClusterRecord,
  members: readonly MemberRecord[],
  { nodes, presence, role }: PresentMemberParts,
): ClusterNode[] {
  const isOver = cluster.state === 'Terminated'
  return members.map((member) => {
    const node = nodes.get(member.node_id)
    const holds = member.released_at === null
    const hasEnded = member.phase === 'stopped' || member.phase === 'failed'
    const heardAt = presence.lastHeard(member.node_id)
    return {
      node_id: member.node_id,
      node_name: node?.name ?? member.node_id,
      role: member.role,
      // Ending does not wait for an unreachable node, which never reported that it stopped.
      phase: (holds && presence.isLost(member.node_id)) || (isOver && !hasEnded) ? 'lost' : member.phase,
      steps: member.steps,
      problem: presentProblem(member.problem),
      warnings: asksForNoToken(cluster, member) ? [...member.warnings, 'RAY_WITHOUT_TOKEN'] : member.warnings,
      // A program may print its env vars, and a viewer sees only their names (S22).
      last_lines: role === 'viewer' ? null : member.last_lines,
      last_lines_at: role === 'viewer' ? null : member.last_lines_at,
      last_heard_at: heardAt === null ? (node?.last_heard_at ?? null) : iso(heardAt),
    }
  })
}

/** Only for the head, which has those ports. */
function asksForNoToken(cluster: ClusterRecord, { role }: MemberRecord): boolean {
  return role === 'head' && isWanted(cluster.state) && cluster.ray_token === null
}

export async function presentNodes(reader: Reader, nodes: readonly NodeRecord[], presence: Presence): Promise<Node[]> {
  const ids = nodes.map((node) => node.id)
  const [held, checkpoints] = await atOnce([reader.members.holdingIn(ids), reader.pullCheckpoints.ofNodes(ids)])
  const clusterOf = new Map(held.map((member) => [member.node_id, member.cluster_id]))
  const checkpointOf = new Map(checkpoints.map((checkpoint) => [checkpoint.node_id, PullCheckpoint.parse(checkpoint)]))
  return nodes.map((node) => {
    const checkpoint = checkpointOf.get(node.id)
    const heardAt = presence.lastHeard(node.id)
    return {
      id: node.id,
      name: node.name,
      cloud_id: node.cloud_id,
      checker: node.checker,
      state: node.revoked_at !== null ? 'revoked' : presence.isLost(node.id) ? 'lost' : 'online',
      revoked_because: node.revoked_because,
      facts: node.facts,
      cluster_id: clusterOf.get(node.id) ?? null,
      joined_at: node.joined_at,
      identity: node.identity,
      second_join: node.second_join,
      last_heard_at: heardAt === null ? node.last_heard_at : iso(heardAt),
      ...(node.pull_chain !== null && { pull_chain: node.pull_chain }),
      ...(checkpoint !== undefined && { pull_checkpoint: checkpoint }),
    }
  })
}
