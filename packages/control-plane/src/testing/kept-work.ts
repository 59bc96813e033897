/** A build and a cluster in an existing node's cloud, written without a control plane. */
import type { NodeId } from '@fairlead/contract/names'
import type { BuildRecord, ClusterRecord } from '../store/records.ts'
import type { Transaction } from '../store/store.ts'
import { insertBuild, insertCluster, insertEnvironment } from './inserted-records.ts'

export async function keepBuild(
  transaction: Transaction,
  nodeId: NodeId,
  part: Partial<BuildRecord> = {},
): Promise<BuildRecord> {
  const cloudId = (await transaction.nodes.byId(nodeId))?.cloud_id
  if (cloudId === undefined) throw new TypeError('there is a node')
  const environment = await insertEnvironment(transaction, cloudId)
  return insertBuild(transaction, environment.id, cloudId, { status: 'succeeded', problem: null, ...part })
}

export async function keepCluster(
  transaction: Transaction,
  nodeId: NodeId,
  part: Partial<ClusterRecord> = {},
): Promise<ClusterRecord> {
  return insertCluster(transaction, await keepBuild(transaction, nodeId), part)
}
