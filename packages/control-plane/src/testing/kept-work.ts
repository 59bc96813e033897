/** A build and a cluster in the cloud of a node that is there, written without a control plane. */
import { newId, type NodeId } from '@fairlead/contract'
import type { BuildRecord, ClusterRecord } from '../store/records.ts'
import type { Transaction } from '../store/store.ts'

const at = '2026-11-24T12:00:00.000Z'

export async function keepBuild(
  transaction: Transaction,
  nodeId: NodeId,
  part: Partial<BuildRecord> = {},
): Promise<BuildRecord> {
  const cloudId = (await transaction.nodes.byId(nodeId))?.cloud_id
  if (cloudId === undefined) throw new TypeError('there is a node')
  const id = newId('cenv')
  await transaction.environments.insert({
    id,
    name: id,
    cloud_id: cloudId,
    creator_id: 'tok_x',
    created_at: at,
    last_modified_at: at,
    archived_at: null,
    latest_revision: 1,
  })
  const build: BuildRecord = {
    id: newId('bld'),
    cluster_environment_id: id,
    revision: 1,
    status: 'succeeded',
    docker_image_name: 'registry.example.com/team/app:1',
    ray_version: '2.55.1',
    registry_login_secret: null,
    env_vars: {},
    cloud_id: cloudId,
    creator_id: 'tok_x',
    created_at: at,
    last_modified_at: at,
    digest: null,
    size_bytes: null,
    platform: null,
    byod_ray_version: null,
    warnings: [],
    advice: [],
    checked_by: null,
    steps: [],
    problem: null,
    attempt: 0,
    lease_node_id: null,
    lease_expires_at: null,
    ...part,
  }
  await transaction.builds.insert(build)
  return build
}

export async function keepCluster(
  transaction: Transaction,
  nodeId: NodeId,
  part: Partial<ClusterRecord> = {},
): Promise<ClusterRecord> {
  const build = await keepBuild(transaction, nodeId)
  const id = newId('ses')
  const cluster: ClusterRecord = {
    id,
    name: id,
    state: 'Terminated',
    problem: null,
    cloud_id: build.cloud_id,
    build_id: build.id,
    worker_count: 1,
    pin_digest: true,
    digest: null,
    generation: 0,
    was_running: false,
    creator_id: 'tok_x',
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
