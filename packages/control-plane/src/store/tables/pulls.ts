/** Pull records: appended, never changed; the oldest of a node may be removed. */
import { idsFrom, type CloudId } from '@fairlead/contract/names'
import { ownerKey } from '@fairlead/contract/wire'
import { sql, type Kysely } from 'kysely'
import { countOf, inSlice } from '../query.ts'
import type { StoredPull } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import type { PullFilter, PullTable } from '../store.ts'

const form = rowForm<StoredPull>({ json: ['record'], flags: [] })

/** Keys begin with the arrival time. */
const firstKeyAt = (time: string): string => idsFrom('pull', Math.max(Date.parse(time), 0))

/** PostgreSQL answers large numbers as text. */
const numberOrNull = (value: unknown): number | null => (value == null ? null : Number(value))

export function pullTable(db: Kysely<Tables>): PullTable {
  const all = db.selectFrom('pulls').selectAll()
  /** A pull belongs to the cloud of the node that reported it, whatever the record says. */
  const nodesWithin = (within: readonly CloudId[]) =>
    db.selectFrom('nodes').select('nodes.id').where('nodes.cloud_id', 'in', within)
  const pullsFor = (owner: string) => db.selectFrom('pull_owners').select('pull_key').where('owner', '=', owner)
  const matching = (filter: PullFilter) => {
    let query = all
    if (filter.within !== undefined) query = query.where('node_id', 'in', nodesWithin(filter.within))
    if (filter.clusterId !== undefined) query = query.where('cluster_id', '=', filter.clusterId)
    if (filter.buildId !== undefined) query = query.where('build_id', '=', filter.buildId)
    if (filter.nodeId !== undefined) query = query.where('node_id', '=', filter.nodeId)
    if (filter.purpose !== undefined) query = query.where('purpose', '=', filter.purpose)
    if (filter.code !== undefined) query = query.where('code', '=', filter.code as never)
    if (filter.registry !== undefined) query = query.where('registry', '=', filter.registry)
    if (filter.podOwner !== undefined) query = query.where('key', 'in', pullsFor(filter.podOwner))
    if (filter.decision !== undefined) query = query.where('decision', '=', filter.decision)
    if (filter.since !== undefined) query = query.where('key', '>=', firstKeyAt(filter.since))
    if (filter.until !== undefined) query = query.where('key', '<', firstKeyAt(filter.until))
    return query
  }
  return {
    async append(pull) {
      await db.insertInto('pulls').values(form.toRow(pull)).execute()
      const owners = ownersIn(pull)
      if (owners.length > 0) await db.insertInto('pull_owners').values(owners).execute()
    },
    async byId(id, only) {
      let query = all.where('id', '=', id)
      if (only?.within !== undefined) query = query.where('node_id', 'in', nodesWithin(only.within))
      return form.first(query.orderBy('key').limit(1))
    },
    async lastOf(nodeId) {
      return form.first(all.where('node_id', '=', nodeId).orderBy('sequence', 'desc').orderBy('key', 'desc').limit(1))
    },
    async withHash(nodeId, hash) {
      return form.first(all.where('node_id', '=', nodeId).where('hash', '=', hash))
    },
    async list(filter, slice) {
      return form.all(inSlice(matching(filter), 'key', slice))
    },
    count: async (filter, limit) => countOf(db, matching(filter), limit),
    async activity(filter) {
      // `2026-11-24T12`
      const hour = sql<string>`substr(received_at, 1, 13)`
      const rows = await matching(filter)
        .clearSelect()
        .select((eb) => {
          const took = eb.case().when('code', 'is', null).then(eb.ref('duration_ms')).end()
          const pulled = eb.case().when('purpose', '!=', 'check').then(took).end()
          return [
            hour.as('hour'),
            eb.fn.countAll().as('records'),
            eb.fn.count('code').as('failed'),
            eb.fn.avg(pulled).as('mean_ms'),
            eb.fn.max(pulled).as('max_ms'),
          ]
        })
        .groupBy(hour)
        .orderBy(hour)
        .execute()
      return rows.map(({ hour: at, records, failed, mean_ms, max_ms }) => ({
        at: `${at}:00:00.000Z`,
        records: Number(records),
        failed: Number(failed),
        mean_ms: numberOrNull(mean_ms),
        max_ms: numberOrNull(max_ms),
      }))
    },
    async nodesWithOld(at) {
      // Each end is one index lookup, even if most records are old.
      const rows = await db
        .selectFrom('nodes')
        .select('nodes.id')
        .where((eb) => {
          const key = (end: 'min' | 'max') =>
            eb
              .selectFrom('pulls')
              .select((pull) => pull.fn[end]('pulls.key').as('key'))
              .whereRef('pulls.node_id', '=', 'nodes.id')
          return eb.and([eb(key('min'), '<', firstKeyAt(at)), eb(key('min'), '<', key('max'))])
        })
        .orderBy('nodes.id')
        .execute()
      return rows.map((row) => row.id)
    },
    async oldestOf(nodeId, limit) {
      return form.all(all.where('node_id', '=', nodeId).orderBy('sequence').orderBy('key').limit(limit))
    },
    async removeThrough({ node_id, sequence, key }) {
      const removed = db
        .selectFrom('pulls')
        .select('pulls.key')
        .where('node_id', '=', node_id)
        .where('sequence', '<=', sequence)
        .where((eb) => eb.or([eb('sequence', '<', sequence), eb('key', '<=', key)]))
      await db.deleteFrom('pull_owners').where('pull_key', 'in', removed).execute()
      await db.deleteFrom('pulls').where('key', 'in', removed).execute()
    },
  }
}

function ownersIn({ key, record }: StoredPull): Tables['pull_owners'][] {
  const owners = new Set(
    record.pods?.flatMap(({ namespace, owner }) => (owner === null ? [] : [ownerKey(namespace, owner)])),
  )
  return [...owners].map((owner) => ({ pull_key: key, owner }))
}
