/** Edits and deletes a cloud. What its nodes proved when they joined stays true, and nothing in use disappears. */
import type { NodeId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { ClusterState, joinMethodOf, nodeRoleOf, type UpdateCloud } from '@fairlead/contract/wire'
import { iso } from '../clock.ts'
import { wakeAll } from '../clusters/rejudge.ts'
import { requireFreeName } from '../store/lookup.ts'
import type { CloudRecord } from '../store/records.ts'
import type { Reader, Transaction } from '../store/store.ts'

export async function updateCloud(
  transaction: Transaction,
  cloud: CloudRecord,
  change: UpdateCloud,
): Promise<CloudRecord> {
  if (change.name !== undefined && change.name !== cloud.name) await requireFreeName(transaction, 'cloud', change.name)
  const changed: CloudRecord = { ...cloud, ...saidIn(change) }
  requireVoucher(changed)
  if (isOtherPlace(cloud, changed)) {
    const nodes = await liveNodes(transaction, cloud)
    if (nodes.length > 0) throw problem('CLOUD_HAS_NODES', { count: nodes.length, name: cloud.name })
    changed.role_id = null
  }
  await transaction.clouds.update(cloud.id, changed)
  transaction.announce('cloud', cloud.id)
  if (isNewsForNodes(cloud, changed)) wakeAll(transaction, await liveNodes(transaction, cloud))
  return changed
}

export async function deleteCloud(transaction: Transaction, cloud: CloudRecord, now: number): Promise<void> {
  const uses = await usesOf(transaction, cloud)
  if (uses.length > 0) throw problem('CLOUD_IN_USE', { name: cloud.name, reason: inWords(uses) })
  await transaction.clouds.remove(cloud.id, iso(now))
  transaction.announce('cloud', cloud.id)
}

/** As it is answered: with the role that its nodes run as, even if nobody chose one. */
export function presentCloud(cloud: CloudRecord): CloudRecord {
  return { ...cloud, node_role: nodeRoleOf(cloud) }
}

function saidIn(change: UpdateCloud): Partial<CloudRecord> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
}

function requireVoucher(cloud: CloudRecord): void {
  const { name, provider, join, account_id: account, project_id: project, kubernetes } = cloud
  joinMethodOf({
    name,
    provider,
    join,
    ...(account !== null && { account_id: account }),
    ...(project !== null && { project_id: project }),
    ...(kubernetes !== null && { kubernetes }),
  })
}

/** A fact that was unknown may be added: no node was held to it. */
function isOtherPlace(before: CloudRecord, after: CloudRecord): boolean {
  const [old, wanted] = [presentCloud(before), presentCloud(after)]
  const facts = ['partition', 'region', 'account_id', 'project_id', 'project_number', 'node_role'] as const
  const cluster = { old: old.kubernetes?.issuer, wanted: wanted.kubernetes?.issuer }
  // That no pod may join any more says nothing of those that did.
  const isOtherCluster = cluster.old !== undefined && cluster.wanted !== undefined && cluster.old !== cluster.wanted
  return isOtherCluster || facts.some((fact) => old[fact] !== null && old[fact] !== wanted[fact])
}

/** What a node's desired state says of its cloud. */
function isNewsForNodes(before: CloudRecord, after: CloudRecord): boolean {
  const facts = ['partition', 'region', 'account_id', 'project_id'] as const
  return facts.some((fact) => before[fact] !== after[fact])
}

async function liveNodes(reader: Reader, { id }: CloudRecord): Promise<NodeId[]> {
  return reader.nodes.ids({ cloudId: id, live: true }, everything)
}

const everything = { before: null, limit: Number.MAX_SAFE_INTEGER }

async function usesOf(reader: Reader, cloud: CloudRecord): Promise<string[]> {
  const states = ClusterState.options.filter((state) => state !== 'Terminated')
  const clusters = (await Promise.all(states.map((state) => reader.clusters.inState(cloud.id, state)))).flat()
  const environments = await reader.environments.list({ cloudId: cloud.id, includeArchived: false }, everything)
  return [
    counted((await liveNodes(reader, cloud)).length, 'node', 'nodes'),
    counted(clusters.length, 'cluster that has not ended', 'clusters that have not ended'),
    counted(environments.length, 'environment', 'environments'),
  ].flat()
}

function counted(count: number, one: string, many: string): string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`]
}

function inWords(uses: readonly string[]): string {
  return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(uses)
}
