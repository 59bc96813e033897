/** The record of a pull that was played. */
import { newId, type NodeId } from '@fairlead/contract/names'
import type { Workload } from '@fairlead/contract/wire'
import type { UnchainedRecord } from '@fairlead/credential-path/record/record-chain'

export interface PlayedPull {
  readonly workload: Workload
  readonly digest: string
  readonly bytes: number
  readonly durationMs: number
}

export function recordOf(nodeId: NodeId, { workload, digest, bytes, durationMs }: PlayedPull): UnchainedRecord {
  const now = Date.now()
  return {
    id: newId('pull', now),
    node_id: nodeId,
    purpose: 'cluster',
    cluster_id: workload.cluster_id,
    build_id: null,
    image: workload.docker_image,
    registry: 'registry.example.com',
    repository: 'team/app',
    digest,
    secret_reference: workload.registry_login_secret,
    secret_version: null,
    decision: workload.registry_login_secret === null ? 'anonymous_no_secret' : 'authenticated',
    code: null,
    bytes,
    total_bytes: bytes,
    started_at: new Date(now - durationMs).toISOString(),
    duration_ms: durationMs,
    steps: [],
  }
}
