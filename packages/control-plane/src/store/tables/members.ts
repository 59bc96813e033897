/** Members: which node takes which part in which start of a cluster, and since when it is free again. */
import type { ClusterId, NodeId } from '@fairlead/contract/names'
import { sql, type Kysely, type SqlBool } from 'kysely'
import { atOnce } from '../at-once.ts'
import type { ClusterRecord, MemberRecord } from '../records.ts'
import { forParts, inParts, inStatements } from '../query.ts'
import { rowForm, type Tables } from '../row.ts'

export type MemberKey = Pick<MemberRecord, 'cluster_id' | 'generation' | 'node_id'>

export interface MemberChange {
  readonly member: MemberKey
  readonly change: Partial<Omit<MemberRecord, keyof MemberKey>>
}

/** What the state of a cluster depends on. */
export type MemberState = MemberKey &
  Pick<MemberRecord, 'role' | 'phase' | 'problem' | 'released_at'> & {
    readonly node_name: string
    readonly node_revoked_at: string | null
  }

/** The members of a cluster, without a row for each. */
export interface MembersOutline {
  /** Of the current start. */
  readonly count: number
  readonly running: number
  /** Of all starts, like the ones that follow. */
  readonly unreleased: number
  /** Failed, revoked or lost; the head first. */
  readonly odd: readonly MemberState[]
}

const form = rowForm<MemberRecord>({ json: ['steps', 'problem', 'warnings', 'last_lines'], flags: [] })
const stateForm = rowForm<MemberState>({ json: ['problem'], flags: [] })

/** In the order of lists. */
const keyOf = ({ role, node_id, generation }: MemberState) => `${role} ${node_id} ${generation}`

export function memberTable(db: Kysely<Tables>) {
  const all = db.selectFrom('cluster_members').selectAll()
  const statesOf = (clusterId: ClusterId) =>
    db
      .selectFrom('cluster_members')
      .innerJoin('nodes', 'nodes.id', 'cluster_members.node_id')
      .select(['cluster_id', 'generation', 'node_id', 'role', 'phase', 'problem', 'released_at'])
      .select(['nodes.name as node_name', 'nodes.revoked_at as node_revoked_at'])
      .where('cluster_id', '=', clusterId)
      .orderBy('role')
      .orderBy('node_id')
  return {
    async insert(members: readonly MemberRecord[]) {
      for (const part of inStatements(members)) {
        const rows = part.map((member) => form.toRow(member))
        await db.insertInto('cluster_members').values(rows).execute()
      }
    },
    async update(changes: readonly MemberChange[]) {
      // Those that change the same columns are one statement. All columns that change are text, which PostgreSQL takes values without a type for.
      const alike = Map.groupBy(changes, ({ change }) => Object.keys(change).join(' '))
      for (const [names, some] of alike) {
        const changed = names.split(' ').map((name, at) => sql`${sql.ref(name)} = told.${sql.ref(`column${at + 4}`)}`)
        for (const part of inStatements(some)) {
          const rows = part.map(({ member, change }) => {
            const key = [member.cluster_id, member.generation, member.node_id]
            return sql`(${sql.join([...key, ...Object.values(form.toRow(change))])})`
          })
          const isOfMember = sql`cluster_id = told.column1 and generation = cast(told.column2 as bigint) and node_id = told.column3`
          await sql`update cluster_members set ${sql.join(changed)} from (values ${sql.join(rows)}) as told
            where ${isOfMember}`.execute(db)
        }
      }
    },
    async ofCluster(clusterId: ClusterId) {
      return form.all(all.where('cluster_id', '=', clusterId).orderBy('role').orderBy('node_id'))
    },
    /** Of all starts. */
    async states(clusterId: ClusterId) {
      return stateForm.all(statesOf(clusterId))
    },
    async outline(
      { id, generation }: Pick<ClusterRecord, 'id' | 'generation'>,
      lost: ReadonlySet<NodeId>,
    ): Promise<MembersOutline> {
      const isCurrent = sql<SqlBool>`generation = ${generation}`
      const counts = db
        .selectFrom('cluster_members')
        .select((eb) => [
          eb.fn.countAll().filterWhere(isCurrent).as('count'),
          eb.fn.countAll().filterWhere(isCurrent).filterWhere('phase', '=', 'running').as('running'),
          eb.fn.countAll().filterWhere('released_at', 'is', null).as('unreleased'),
        ])
        .where('cluster_id', '=', id)
      const failed = statesOf(id).where((eb) => eb.or([eb('phase', '=', 'failed'), eb('revoked_at', 'is not', null)]))
      const [counted, odd, more] = await atOnce([
        counts.executeTakeFirstOrThrow(),
        stateForm.all(failed),
        atOnce([...inParts([...lost])].map((ids) => stateForm.all(statesOf(id).where('node_id', 'in', ids)))),
      ])
      const found = new Map([...odd, ...more.flat()].map((member) => [keyOf(member), member]))
      return {
        count: Number(counted.count),
        running: Number(counted.running),
        unreleased: Number(counted.unreleased),
        odd: [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, member]) => member),
      }
    },
    /** Of the last start of each. Without `withOutput`, only those that failed have their last lines. */
    async ofLastStarts(clusterIds: readonly ClusterId[], { withOutput }: { withOutput: boolean }) {
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
    /** The part currently holding the node. */
    async holding(nodeId: NodeId) {
      return form.first(all.where('node_id', '=', nodeId).where('released_at', 'is', null))
    },
    async holdingIn(nodeIds: readonly NodeId[]) {
      return forParts(nodeIds, (ids) => form.all(all.where('node_id', 'in', ids).where('released_at', 'is', null)))
    },
    async removeBefore(clusterId: ClusterId, generation: number) {
      await db
        .deleteFrom('cluster_members')
        .where('cluster_id', '=', clusterId)
        .where('generation', '<', generation)
        .where('released_at', 'is not', null)
        .execute()
    },
  }
}
