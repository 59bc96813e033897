/** Pull records: appended, never changed; the oldest of a node may be removed. */
import { idsFrom, type CloudId } from '@fairlead/contract/names'
import { ownerKey } from '@fairlead/contract/wire'
import { sql, type Kysely, type SqlBool } from 'kysely'
import { areFew, countOf, inSlice } from '../query.ts'
import type { StoredPull } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import type { PullFilter, PullTable } from '../store.ts'

const form = rowForm<StoredPull>({ json: ['record'], flags: [] })

/** Keys begin with the arrival time. */
const firstKeyAt = (time: string): string => idsFrom('pull', Math.max(Date.parse(time), 0))

/** What no index is to find: it is looked at on the way through the others, or through an order. */
interface Apart {
  readonly clouds?: boolean
  /** Of columns that are equal to something. */
  readonly values?: boolean
  readonly times?: boolean
  /** None is to be sorted by an index. */
  readonly order?: boolean
}

/** PostgreSQL answers large numbers as text. */
const numberOrNull = (value: unknown): number | null => (value == null ? null : Number(value))

/** Fewer than these are found by their own index. */
export interface Few {
  /** Whose index has all that is asked about them. */
  readonly pulls: number
  /** Of which the rows are read too. */
  readonly rows: number
}

export function pullTable(db: Kysely<Tables>, few: Few = { pulls: 30_000, rows: 4000 }): PullTable {
  const all = db.selectFrom('pulls').selectAll()
  /** A pull belongs to the cloud of the node that reported it, whatever the record says. */
  const nodesWithin = (within: readonly CloudId[]) =>
    db.selectFrom('nodes').select('nodes.id').where('nodes.cloud_id', 'in', within)
  const ownersOf = (owner: string) => db.selectFrom('pull_owners').select('pull_key').where('owner', '=', owner)
  const matching = (filter: PullFilter, apart: Apart = {}) => {
    const asText = (name: string) => sql<string>`${sql.ref(name)} || ''`
    const column = (name: string) => (apart.values ? asText(name) : sql.ref<string>(name))
    const key = apart.times ? asText('key') : sql.ref<string>('key')
    const { within, clusterId, buildId, nodeId, purpose, code, registry, decision, podOwner, since, until } = filter
    let query = db.selectFrom('pulls').select('key')
    if (within !== undefined) {
      query = query.where(apart.clouds ? asText('node_id') : sql.ref<string>('node_id'), 'in', nodesWithin(within))
    }
    if (clusterId !== undefined) query = query.where(column('cluster_id'), '=', clusterId)
    if (buildId !== undefined) query = query.where(column('build_id'), '=', buildId)
    if (nodeId !== undefined) query = query.where(column('node_id'), '=', nodeId)
    if (purpose !== undefined) query = query.where(column('purpose'), '=', purpose)
    if (code !== undefined) query = query.where(column('code'), '=', code)
    if (registry !== undefined) query = query.where(column('registry'), '=', registry)
    if (decision !== undefined) query = query.where(column('decision'), '=', decision)
    if (since !== undefined) query = query.where(key, '>=', firstKeyAt(since))
    if (until !== undefined) query = query.where(key, '<', firstKeyAt(until))
    if (podOwner === undefined) return query
    return apart.values
      ? query.where((eb) => eb.exists(ownersOf(podOwner).where(sql<SqlBool>`pull_key = pulls.key`)))
      : query.where('key', 'in', ownersOf(podOwner))
  }
  const limitOf = ({ podOwner }: PullFilter): number => (podOwner === undefined ? few.pulls : few.rows)
  /** How to find them: the databases know too little of the values to choose well. */
  const apartFor = async (filter: PullFilter, by: string | null): Promise<Apart> => {
    const { within, since, until, ...values } = filter
    const isNarrow = Object.values(values).some((value) => value !== undefined)
    if (isNarrow && (await areFew(db, matching(values), limitOf(filter)))) return { clouds: true }
    if (within !== undefined && (await areFew(db, matching({ within }), few.pulls))) return { values: true }
    // Newest first, the index of a value has the right order.
    if (by === null && values.podOwner === undefined) return { clouds: true }
    const areRecent = await areFew(db, matching({ since, until }), few.rows)
    return { clouds: true, values: true, ...(areRecent ? { order: true } : { times: by !== null }) }
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
      const apart = await apartFor(filter, slice.order?.by ?? null)
      const found = matching(filter, apart)
      // A query in a query with a limit of its own is answered before it is sorted.
      const some = apart.order ? db.selectFrom('pulls').select('key').where('key', 'in', found.limit(few.rows)) : found
      return form.all(inSlice(all, some, 'key', slice))
    },
    async count(filter, limit) {
      const { within, ...values } = filter
      const isOfSmallClouds =
        within !== undefined &&
        !(await areFew(db, matching(values), limitOf(filter))) &&
        (await areFew(db, matching({ within }), few.pulls))
      return countOf(db, matching(filter, isOfSmallClouds ? { values: true } : { clouds: true }), limit)
    },
    async activity(filter) {
      // `2026-11-24T12`
      const hour = sql<string>`substr(received_at, 1, 13)`
      const rows = await matching(filter, { clouds: true })
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
