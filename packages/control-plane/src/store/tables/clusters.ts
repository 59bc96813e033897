/** Clusters. */
import type { CloudId, ClusterId } from '@fairlead/contract/names'
import type { ClusterState } from '@fairlead/contract/wire'
import type { Kysely } from 'kysely'
import { countOf, inSlice, whereName, type NameFilter, type Slice, type Within } from '../query.ts'
import type { ClusterRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'

const form = rowForm<ClusterRecord>({ json: ['problem'], flags: ['pin_digest', 'was_running'] })

export interface ClusterFilter extends NameFilter, Within {
  readonly state?: ClusterState | undefined
  readonly hasProblem?: boolean | undefined
}

export function clusterTable(db: Kysely<Tables>) {
  const all = db.selectFrom('clusters').selectAll()
  const matching = (filter: ClusterFilter) => {
    const { within, state, hasProblem } = filter
    let query = db.selectFrom('clusters').select('id').where(whereName(filter))
    if (within !== undefined) query = query.where('cloud_id', 'in', within)
    if (state !== undefined) query = query.where('state', '=', state)
    if (hasProblem !== undefined) query = query.where('problem', hasProblem ? 'is not' : 'is', null)
    return query
  }
  return {
    async insert(cluster: ClusterRecord) {
      await db.insertInto('clusters').values(form.toRow(cluster)).execute()
    },
    async byId(id: ClusterId) {
      return form.first(all.where('id', '=', id))
    },
    async byName(name: string) {
      return form.first(all.where('name', '=', name))
    },
    async byIds(ids: readonly ClusterId[]) {
      if (ids.length === 0) return []
      return form.all(all.where('id', 'in', ids))
    },
    async update(id: ClusterId, change: Partial<ClusterRecord>) {
      await db.updateTable('clusters').set(form.toRow(change)).where('id', '=', id).execute()
    },
    async list(filter: ClusterFilter, slice: Slice) {
      return form.all(inSlice(all, matching(filter), 'id', slice))
    },
    count: async (filter: ClusterFilter, limit: number) => countOf(db, matching(filter), limit),
    async remove(id: ClusterId) {
      await db.deleteFrom('cluster_members').where('cluster_id', '=', id).execute()
      await db.deleteFrom('clusters').where('id', '=', id).execute()
    },
    /** Oldest change first. */
    async inState(cloudId: CloudId, state: ClusterState) {
      return form.all(all.where('cloud_id', '=', cloudId).where('state', '=', state).orderBy('state_changed_at'))
    },
  }
}
