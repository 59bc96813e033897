/** Pull records: appended, never changed; the oldest of a node may be removed. */
import { idsFrom, type BuildId, type ClusterId, type NodeId, type PullId } from '@fairlead/contract/names'
import { ownerKey, type PullDecision, type PullHour, type PullPurpose } from '@fairlead/contract/wire'
import { sql, type Kysely, type SqlBool } from 'kysely'
import {
  amongKeys,
  apart,
  countIn,
  countOf,
  inRange,
  inSlice,
  keysIn,
  rangesOf,
  type Slice,
  type Within,
} from '../query.ts'
import type { StoredPull } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import { RecentCounts } from './recent-counts.ts'

export interface PullFilter extends Within {
  readonly clusterId?: ClusterId | undefined
  readonly buildId?: BuildId | undefined
  readonly nodeId?: NodeId | undefined
  readonly purpose?: PullPurpose | undefined
  readonly code?: string | undefined
  readonly registry?: string | undefined
  /** `NAMESPACE/KIND/NAME` of what owns a pod that the image was pulled for. */
  readonly podOwner?: string | undefined
  readonly decision?: PullDecision | undefined
  /** By arrival: from the first to before the second. */
  readonly since?: string | undefined
  readonly until?: string | undefined
}

const form = rowForm<StoredPull>({ json: ['record'], flags: [] })
const asked = [
  'key',
  'node_id',
  'cluster_id',
  'build_id',
  'purpose',
  'code',
  'registry',
  'decision',
  'bytes',
  'duration_ms',
] as const
/** All but the cloud, which is that of the node and only narrows lists. */
const columns = [...asked, 'id', 'sequence', 'hash', 'record', 'chain', 'received_at'] as const
/** What lists ask about, which is also kept with each owner. */
const listed = [...asked, 'cloud_id'] as const

/** Keys begin with the arrival time. */
export const firstKeyAt = (time: string): string => idsFrom('pull', Math.max(Date.parse(time), 0))

/** PostgreSQL answers large numbers as text. */
const numberOrNull = (value: unknown): number | null => (value == null ? null : Number(value))

/** What is asked of a record: one of these values. */
interface Condition {
  readonly column:
    | 'owner'
    | 'cloud_id'
    | 'cluster_id'
    | 'build_id'
    | 'node_id'
    | 'purpose'
    | 'code'
    | 'registry'
    | 'decision'
  readonly values: readonly string[]
}

type Period = Pick<PullFilter, 'since' | 'until'>

/** How an index finds them; the other conditions are looked at on the way. */
interface Way {
  /** Null: by the period, or in an order. */
  readonly by: Condition | null
  readonly period: boolean
}

const byValue = (by: Condition): Way => ({ by, period: true })
const byPeriod: Way = { by: null, period: true }
const wayOf = (condition: Condition | undefined): Way => (condition === undefined ? byPeriod : byValue(condition))
/** Sorted by something else than the key. */
const inItsOrder: Way = { by: null, period: false }

/** Fewer than this are read and then sorted. More are met soon enough on the way through an order. */
const fewPulls = 30_000
const mostAtOnce = 20_000

interface PullOptions {
  /** In this thread, so that a long read takes turns. */
  readonly readsHere: boolean
  readonly few?: number
}

export function pullTable(db: Kysely<Tables>, { readsHere, few = fewPulls }: PullOptions) {
  const all = db.selectFrom('pulls').select(columns)
  /** Each index has all that may be asked. The values of owners are in a table of their own, with the columns that are asked about. */
  const matching = (conditions: readonly Condition[], { since, until }: Period, way: Way) => {
    const table = way.by?.column === 'owner' ? 'pull_owners' : 'pulls'
    let query = db.selectFrom(table as 'pulls').select('key')
    for (const { column, values } of conditions) {
      if (column === 'owner' && table === 'pulls') {
        const owned = db.selectFrom('pull_owners').select('pull_owners.key').where('owner', 'in', values)
        query = query.where((eb) => eb.exists(owned.where(sql<SqlBool>`pull_owners.key = pulls.key`)))
        continue
      }
      const isMet = sql<SqlBool>`${sql.ref(column)} in (${sql.join(values)})`
      query = query.where(column === way.by?.column ? isMet : apart(isMet))
    }
    if (since === undefined && until === undefined) return query
    const from = since === undefined ? null : firstKeyAt(since)
    const isOfPeriod = inRange('key', { from, before: until === undefined ? null : firstKeyAt(until) })
    return query.where(way.period ? isOfPeriod : apart(isOfPeriod))
  }
  const counts = new RecentCounts()
  /** The databases know too little of the values to choose, so the rarest is found by counting. Null: none is rare. */
  const rareWay = async (conditions: readonly Condition[], period: Period): Promise<Way | null> => {
    let rarest: { way: Way; count: number } | null = null
    const owner = conditions.find(({ column }) => column === 'owner')
    const ways = owner === undefined ? conditions.map(byValue) : [byValue(owner)]
    for (const way of conditions.length === 0 ? [byPeriod] : ways) {
      const some = way.by === null ? [] : [way.by]
      const count = await counts.of(JSON.stringify([some, period.since, period.until]), () =>
        countOf(db, matching(some, period, way), few),
      )
      if (count < (rarest?.count ?? few)) rarest = { way, count }
    }
    return rarest?.way ?? null
  }
  /** Many records, of which few may meet all conditions. One value has its records in the order of keys; the last is likely to be the rarest. */
  const many = (conditions: readonly Condition[], period: Period, slice: Pick<Slice, 'before' | 'order'>) => {
    const way = wayOf(conditions.findLast(({ values }) => values.length === 1))
    const ranges = rangesOf(
      matching(way.by === null ? [] : [way.by], period, way),
      'key',
      slice,
      readsHere ? Math.min(few, mostAtOnce) : null,
    )
    return { ranges, found: matching(conditions, period, way) }
  }
  return {
    async append(pull: StoredPull) {
      // It belongs to the cloud of the node that reported it, whatever the record says.
      const cloud_id = db.selectFrom('nodes').select('nodes.cloud_id').where('nodes.id', '=', pull.node_id)
      await db
        .insertInto('pulls')
        .values({ ...form.toRow(pull), cloud_id })
        .execute()
      for (const owner of ownersIn(pull)) {
        const row = db.selectFrom('pulls').select([sql.val(owner).as('owner'), ...listed])
        await db
          .insertInto('pull_owners')
          .columns(['owner', ...listed])
          .expression(row.where('key', '=', pull.key))
          .execute()
      }
    },
    async byId(id: PullId, only?: Within) {
      let query = all.where('id', '=', id)
      if (only?.within !== undefined) query = query.where(apart(sql<SqlBool>`cloud_id in (${sql.join(only.within)})`))
      return form.first(query.orderBy('key').limit(1))
    },
    /** The record with the highest sequence of a node. */
    async lastOf(nodeId: NodeId) {
      return form.first(all.where('node_id', '=', nodeId).orderBy('sequence', 'desc').orderBy('key', 'desc').limit(1))
    },
    async withHash(nodeId: NodeId, hash: string) {
      return form.first(all.where('node_id', '=', nodeId).where('hash', '=', hash))
    },
    async list(filter: PullFilter, slice: Slice) {
      const conditions = conditionsOf(filter)
      const isSorted = slice.order?.by != null
      if (!isSorted && areOne(conditions)) {
        return form.all(inSlice(all, matching(conditions, filter, wayOf(conditions[0])), 'key', slice))
      }
      const way = await rareWay(conditions, filter)
      if (way === null && !isSorted) {
        const { ranges, found } = many(conditions, filter, slice)
        return form.all(amongKeys(all, await keysIn(ranges, found, 'key', slice), 'key', slice))
      }
      const found = matching(conditions, filter, way ?? inItsOrder)
      if (way === null || !isSorted) return form.all(inSlice(all, found, 'key', slice))
      // A query in a query with a limit of its own is answered before it is sorted. There may be more than when they were counted.
      const some = found.select(['bytes', 'duration_ms']).limit(Number.MAX_SAFE_INTEGER)
      return form.all(inSlice(all, db.selectFrom(some.as('pulls')) as never, 'key', slice))
    },
    async count(filter: PullFilter, limit: number) {
      const conditions = conditionsOf(filter)
      const way = conditions.length < 2 ? wayOf(conditions[0]) : await rareWay(conditions, filter)
      if (way !== null) return countOf(db, matching(conditions, filter, way), limit)
      const { ranges, found } = many(conditions, filter, { before: null })
      return countIn(db, ranges, found, 'key', limit)
    },
    /** By the hour of arrival, the oldest first. */
    async activity(filter: Within & { readonly since: string }): Promise<PullHour[]> {
      // `2026-11-24T12`
      const hour = sql<string>`substr(received_at, 1, 13)`
      const rows = await matching(conditionsOf(filter), filter, byPeriod)
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
    /** Nodes with a record that arrived before `at`, and a later one. */
    async nodesWithOld(at: string) {
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
    /** In chain order, starting with the first. */
    async oldestOf(nodeId: NodeId, limit: number) {
      return form.all(all.where('node_id', '=', nodeId).orderBy('sequence').orderBy('key').limit(limit))
    },
    /** All of the node's records up to and including this one in its chain. */
    async removeThrough({ node_id, sequence, key }: Pick<StoredPull, 'node_id' | 'sequence' | 'key'>) {
      const removed = db
        .selectFrom('pulls')
        .select('pulls.key')
        .where('node_id', '=', node_id)
        .where('sequence', '<=', sequence)
        .where((eb) => eb.or([eb('sequence', '<', sequence), eb('key', '<=', key)]))
      await db.deleteFrom('pull_owners').where('key', 'in', removed).execute()
      await db.deleteFrom('pulls').where('key', 'in', removed).execute()
    },
  }
}

function conditionsOf(filter: PullFilter): Condition[] {
  const { podOwner, within, clusterId, buildId, nodeId, purpose, code, registry, decision } = filter
  // From what many records have to what few have.
  const asked = {
    cloud_id: within,
    purpose,
    decision,
    registry,
    code,
    build_id: buildId,
    cluster_id: clusterId,
    node_id: nodeId,
    owner: podOwner,
  }
  return Object.entries(asked).flatMap(([column, value]) =>
    value === undefined ? [] : [{ column: column as Condition['column'], values: [value].flat() }],
  )
}

/** At most one value of one column. */
const areOne = (conditions: readonly Condition[]): boolean =>
  conditions.length < 2 && conditions.every(({ values }) => values.length === 1)

function ownersIn({ record }: StoredPull): string[] {
  const owners = record.pods?.flatMap(({ namespace, owner }) => (owner === null ? [] : [ownerKey(namespace, owner)]))
  return [...new Set(owners)]
}
