/** Records of each kind, written without a control plane; a test overrides only what matters to it. */
import { newId, type CloudId, type ClusterId, type NodeId } from '@fairlead/contract/names'
import type { BuildRecord, CloudRecord, ClusterRecord, MemberRecord, NodeRecord, StoredPull } from '../store/records.ts'
import type { Transaction } from '../store/store.ts'

export const at = '2026-11-24T12:00:00.000Z'
export const later = '2026-11-24T13:00:00.000Z'

export function cloudRecord(part: Partial<CloudRecord> = {}): CloudRecord {
  const id = newId('cld')
  return {
    id,
    name: id,
    provider: 'aws',
    partition: 'aws',
    region: 'eu-west-1',
    account_id: null,
    project_id: null,
    project_number: null,
    node_role: null,
    join: 'token',
    kubernetes: null,
    role_id: null,
    deleted_at: null,
    allow_any_secret: true,
    prefetch: false,
    created_at: at,
    ...part,
  }
}

export async function insertCloud(transaction: Transaction, part: Partial<CloudRecord> = {}): Promise<CloudRecord> {
  const cloud = cloudRecord(part)
  await transaction.clouds.insert(cloud)
  return cloud
}

export async function insertEnvironment(transaction: Transaction, cloudId: CloudId, part: { name?: string } = {}) {
  const id = newId('cenv')
  const environment = {
    id,
    name: id,
    cloud_id: cloudId,
    creator_id: 'tok_x',
    creator_name: 'x',
    created_at: at,
    last_modified_at: at,
    archived_at: null,
    latest_revision: 1,
    ...part,
  }
  await transaction.environments.insert(environment)
  return environment
}

export async function insertBuild(
  transaction: Transaction,
  environmentId: BuildRecord['cluster_environment_id'],
  cloudId: CloudId,
  part: Partial<BuildRecord> = {},
): Promise<BuildRecord> {
  const build: BuildRecord = {
    id: newId('bld'),
    cluster_environment_id: environmentId,
    revision: 1,
    status: 'pending',
    docker_image_name: 'registry.example.com/app:1',
    ray_version: '2.55.1',
    registry_login_secret: null,
    env_vars: { A: 'ä\u0000"' },
    cloud_id: cloudId,
    creator_id: 'tok_x',
    creator_name: 'x',
    created_at: at,
    last_modified_at: at,
    digest: null,
    size_bytes: 2 ** 40,
    platform: null,
    byod_ray_version: null,
    warnings: [],
    advice: [],
    checked_by: null,
    prefetch: false,
    steps: [],
    problem: { code: 'IMAGE_NOT_FOUND', facts: { registry: 'registry.example.com' } },
    attempt: 0,
    lease_node_id: null,
    lease_expires_at: null,
    ...part,
  }
  await transaction.builds.insert(build)
  return build
}

export async function insertNode(
  transaction: Transaction,
  cloudId: CloudId,
  name: string,
  part: Partial<NodeRecord> = {},
): Promise<NodeRecord> {
  const node: NodeRecord = {
    id: newId('node'),
    name,
    cloud_id: cloudId,
    checker: true,
    public_key: 'k',
    facts: null,
    joined_at: at,
    identity: null,
    instance_key: null,
    second_join: null,
    last_heard_at: null,
    revoked_at: null,
    revoked_because: null,
    report_ids: ['rep_a'],
    pull_chain: null,
    ...part,
  }
  await transaction.nodes.insert(node)
  return node
}

export async function insertCluster(
  transaction: Transaction,
  { id: buildId, cloud_id }: BuildRecord,
  part: Partial<ClusterRecord> = {},
): Promise<ClusterRecord> {
  const id = newId('ses')
  const cluster: ClusterRecord = {
    id,
    name: id,
    state: 'Terminated',
    problem: null,
    cloud_id,
    build_id: buildId,
    worker_count: 1,
    pin_digest: true,
    digest: null,
    generation: 0,
    was_running: false,
    ray_token: null,
    creator_id: 'tok_x',
    creator_name: 'x',
    created_at: at,
    state_changed_at: at,
    head_address: null,
    dashboard_url: null,
    alive_nodes: null,
    ...part,
  }
  await transaction.clusters.insert(cluster)
  return cluster
}

/** One of each, in their own cloud. */
export async function insertFleet(transaction: Transaction) {
  const cloud = await insertCloud(transaction)
  const environment = await insertEnvironment(transaction, cloud.id)
  const build = await insertBuild(transaction, environment.id, cloud.id)
  const node = await insertNode(transaction, cloud.id, newId('node'))
  return { cloud, environment, build, node, cluster: await insertCluster(transaction, build) }
}

export function member(clusterId: ClusterId, nodeId: NodeId): MemberRecord {
  return {
    cluster_id: clusterId,
    generation: 1,
    node_id: nodeId,
    role: 'head',
    phase: 'assigned',
    steps: [],
    problem: null,
    warnings: ['RAY_VERSION_MISMATCH'],
    last_lines: null,
    last_lines_at: null,
    assigned_at: at,
    released_at: null,
  }
}

/** Arrives in the order of its number. */
export function pull(nodeId: NodeId, sequence: number, hash: string): StoredPull {
  return {
    key: newId('pull', Date.parse(at) + sequence),
    id: newId('pull'),
    node_id: nodeId,
    sequence,
    hash,
    cluster_id: null,
    build_id: null,
    purpose: 'cluster',
    code: null,
    registry: 'registry.example.com',
    decision: 'authenticated',
    bytes: 0,
    duration_ms: 0,
    record: { sequence } as StoredPull['record'],
    chain: 'intact',
    received_at: at,
  }
}
