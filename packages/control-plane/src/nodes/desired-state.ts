/** The complete desired state of one node, computed from the store. */
import { createHash } from 'node:crypto'
import { type NodeId } from '@fairlead/contract/names'
import { DesiredState, single, type Workload } from '@fairlead/contract/wire'
import type { BuildRecord, CloudRecord, ClusterRecord, MemberRecord, NodeRecord } from '../store/records.ts'
import type { Reader } from '../store/store.ts'
import { checksPerNode, isLeased } from '../builds/plan-checks.ts'
import { isWanted } from '../clusters/judge-cluster.ts'

export interface Ordered {
  node: NodeRecord
  cloud: CloudRecord
  part: { member: MemberRecord; cluster: ClusterRecord; build: BuildRecord } | null
  leased: readonly BuildRecord[]
}

export interface DesiredStateText {
  body: string
  etag: string
}

export async function readDesiredState(
  reader: Reader,
  node: NodeRecord,
  now: number,
): Promise<DesiredStateText | null> {
  const cloud = await reader.clouds.byId(node.cloud_id)
  if (cloud === null) return null
  const leased = await reader.builds.leasedTo(node.id)
  const state = desiredStateOf({ node, cloud, part: await readPart(reader, node.id), leased }, now)
  const body = JSON.stringify(single(DesiredState).parse({ result: state }))
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` }
}

async function readPart(reader: Reader, nodeId: NodeId): Promise<Ordered['part']> {
  const member = await reader.members.holding(nodeId)
  if (member === null) return null
  const cluster = await reader.clusters.byId(member.cluster_id)
  const build = cluster === null ? null : await reader.builds.byId(cluster.build_id)
  return cluster === null || build === null ? null : { member, cluster, build }
}

export function desiredStateOf({ node, cloud, part, leased }: Ordered, now: number): DesiredState {
  const checks = leased
    .filter((build) => isLeased(leaseOf(build), now))
    .slice(0, checksPerNode)
    .map((build) => ({ build_id: build.id, attempt: build.attempt, ...imageOf(build) }))
  return {
    node_id: node.id,
    cloud: {
      id: cloud.id,
      provider: cloud.provider,
      partition: cloud.partition,
      region: cloud.region,
      account_id: cloud.account_id,
      project_id: cloud.project_id,
    },
    workload: part === null ? null : workloadOf(part),
    checks,
  }
}

export function leaseOf(build: BuildRecord) {
  return {
    id: build.id,
    leaseNodeId: build.lease_node_id,
    leaseExpiresAt: build.lease_expires_at === null ? null : Date.parse(build.lease_expires_at),
  }
}

function imageOf(build: BuildRecord) {
  return {
    docker_image: build.docker_image_name,
    ray_version: build.ray_version,
    registry_login_secret: build.registry_login_secret,
  }
}

function workloadOf({ member, cluster, build }: NonNullable<Ordered['part']>): Workload | null {
  if (!isWanted(cluster.state) || member.generation !== cluster.generation) return null
  const digest = cluster.pin_digest ? cluster.digest : null
  // All nodes run one digest: until it is resolved, only the head starts, and resolves it.
  if (member.role === 'worker' && cluster.pin_digest && digest === null) return null
  return {
    cluster_id: cluster.id,
    generation: member.generation,
    ...imageOf(build),
    digest,
    env_vars: build.env_vars,
    ...(cluster.ray_token !== null && { ray_token: cluster.ray_token }),
    role: member.role,
    head_address: member.role === 'worker' ? cluster.head_address : null,
    node_count: cluster.worker_count + 1,
  }
}
