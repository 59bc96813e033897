/** Members: which node takes which part in which start of a cluster, and since when it is free again. */
import { sql, type Kysely } from 'kysely'
import type { MemberRecord } from '../records.ts'
import { inParts } from '../query.ts'
import { rowForm, type Tables } from '../row.ts'
import type { MemberTable } from '../store.ts'

const form = rowForm<MemberRecord>({ json: ['steps', 'problem', 'warnings', 'last_lines'], flags: [] })
const rowsAtOnce = 500

export function memberTable(db: Kysely<Tables>): MemberTable {
  const all = db.selectFrom('cluster_members').selectAll()
  return {
    async insert(members) {
      for (let start = 0; start < members.length; start += rowsAtOnce) {
        const rows = members.slice(start, start + rowsAtOnce).map((member) => form.toRow(member))
        await db.insertInto('cluster_members').values(rows).execute()
      }
    },
    async update(member, change) {
      await db
        .updateTable('cluster_members')
        .set(form.toRow(change))
        .where('cluster_id', '=', member.cluster_id)
        .where('generation', '=', member.generation)
        .where('node_id', '=', member.node_id)
        .execute()
    },
    async ofCluster(clusterId) {
      return form.all(all.where('cluster_id', '=', clusterId).orderBy('role').orderBy('node_id'))
    },
    async states(clusterId) {
      const rows = await db
        .selectFrom('cluster_members')
        .innerJoin('nodes', 'nodes.id', 'cluster_members.node_id')
        .select(['cluster_id', 'generation', 'node_id', 'role', 'phase', 'problem', 'released_at'])
        .select(['nodes.name as node_name', 'nodes.revoked_at as node_revoked_at'])
        .where('cluster_id', '=', clusterId)
        .orderBy('role')
        .orderBy('node_id')
        .execute()
      return rows.map(({ problem, ...row }) => ({ ...row, problem: problem === null ? null : JSON.parse(problem) }))
    },
    async ofLastStarts(clusterIds, { withOutput }) {
      if (clusterIds.length === 0) return []
      const failed = sql<string | null>`case when phase = 'failed' then last_lines end`
      const rows = db
        .selectFrom('cluster_members')
        .innerJoin('clusters', (join) =>
          join
            .onRef('clusters.id', '=', 'cluster_members.cluster_id')
            .onRef('clusters.generation', '=', 'cluster_members.generation'),
        )
        .selectAll('cluster_members')
        .where('cluster_id', 'in', clusterIds)
        .orderBy('role')
        .orderBy('node_id')
      return form.all(withOutput ? rows : rows.select(failed.as('last_lines')))
    },
    async holding(nodeId) {
      return form.first(all.where('node_id', '=', nodeId).where('released_at', 'is', null))
    },
    async holdingIn(nodeIds) {
      const found: MemberRecord[] = []
      for (const ids of inParts(nodeIds)) {
        found.push(...(await form.all(all.where('node_id', 'in', ids).where('released_at', 'is', null))))
      }
      return found
    },
    async removeBefore(clusterId, generation) {
      await db
        .deleteFrom('cluster_members')
        .where('cluster_id', '=', clusterId)
        .where('generation', '<', generation)
        .where('released_at', 'is not', null)
        .execute()
    },
  }
}
