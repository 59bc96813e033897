/** Cluster environments. */
import type { CloudId, ClusterEnvironmentId } from '@fairlead/contract/names'
import type { BuildStatus, CheckAdvice } from '@fairlead/contract/wire'
import { sql, type Expression, type Kysely, type SqlBool } from 'kysely'
import {
  amongKeys,
  apart,
  countIn,
  countOf,
  inSlice,
  keysIn,
  rangesOf,
  whereName,
  type NameFilter,
  type Slice,
  type Within,
} from '../query.ts'
import type { EnvironmentRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import { trigramsIn, trigramsOf } from './name-trigrams.ts'

const form = rowForm<EnvironmentRecord>({ json: [], flags: [] })
/** All but what is known of the newest build, which only narrows lists. */
const columns = [
  'id',
  'name',
  'cloud_id',
  'creator_id',
  'creator_name',
  'created_at',
  'last_modified_at',
  'archived_at',
  'latest_revision',
] as const

export interface EnvironmentFilter extends NameFilter, Within {
  readonly cloudId?: CloudId | undefined
  readonly includeArchived: boolean
  /** Of the newest build. */
  readonly buildStatus?: BuildStatus | undefined
  readonly advice?: CheckAdvice | undefined
}

interface EnvironmentOptions {
  /** In this thread, so that a long read takes turns. */
  readonly readsHere: boolean
  /** Fewer than this are read at once. */
  readonly few?: number
  /** Fewer that a long read found are sorted. */
  readonly fewFound?: number
  readonly atOnce?: number
}

/** What is asked of an environment. */
interface Condition {
  readonly isMet: Expression<SqlBool>
  /** Whether the index that finds them has them in the order of their ids. */
  readonly isInOrder: boolean
  readonly count: (limit: number) => Promise<number>
}

function conditionsOf(db: Kysely<Tables>, filter: EnvironmentFilter): Condition[] {
  const { buildStatus, advice } = filter
  const conditionOf = (isMet: Expression<SqlBool>, isInOrder = true): Condition => ({
    isMet,
    isInOrder,
    count: (limit) => countOf(db, db.selectFrom('cluster_environments').where(isMet), limit),
  })
  const among = (column: string, values: readonly string[] | undefined): Condition[] =>
    values === undefined
      ? []
      : [conditionOf(sql<SqlBool>`${sql.ref(column)} in (${sql.join(values)})`, values.length === 1)]
  const isAdvised = sql<SqlBool>`latest_advice <> '[]' and latest_advice like ${`%"${advice}"%`}`
  return [
    ...among('cloud_id', cloudsOf(filter)),
    ...among('latest_status', buildStatus && [buildStatus]),
    // A closed list of words, in JSON.
    ...(advice === undefined ? [] : [conditionOf(isAdvised)]),
  ]
}

/** Of those within view, the one that is asked for. */
function cloudsOf({ within, cloudId }: EnvironmentFilter): readonly string[] | undefined {
  if (cloudId === undefined) return within
  // No id is empty.
  return within === undefined || within.includes(cloudId) ? [cloudId] : ['']
}

/** Each is met by all names with that part, and by others. */
function conditionsOfPart(db: Kysely<Tables>, part: string): Condition[] {
  return trigramsIn(part).map((isOfPart) => {
    const ids = db.selectFrom('environment_name_trigrams').select('environment_id').where(isOfPart)
    return {
      isMet: sql<SqlBool>`id in ${ids}`,
      isInOrder: false,
      count: (limit) => countOf(db, ids, limit),
    }
  })
}

/** The one that the fewest meet; null if that is not less than `few`. */
async function rarestOf(conditions: readonly Condition[], few: number): Promise<Condition | null> {
  let rarest: { condition: Condition; count: number } | null = null
  for (const condition of conditions) {
    const count = await condition.count(few)
    if (count < (rarest?.count ?? few)) rarest = { condition, count }
    if (count < few / 40) break
  }
  return rarest?.condition ?? null
}

export function environmentTable(
  db: Kysely<Tables>,
  { readsHere, few = 4000, fewFound = 500, atOnce = 25_000 }: EnvironmentOptions,
) {
  const all = db.selectFrom('cluster_environments').select(columns)
  const ids = db.selectFrom('cluster_environments').select('id')
  /** `isFew`: found by what the fewest meet, since these are few. `isLong`: among all, in ranges, since few may meet all conditions. */
  const find = async (filter: EnvironmentFilter, { isSorted }: { isSorted: boolean }) => {
    const { nameContains, includeArchived } = filter
    const conditions = conditionsOf(db, filter)
    const ofPart = nameContains === undefined ? [] : conditionsOfPart(db, nameContains)
    const rarest = await rarestOf([...ofPart, ...conditions], few)
    const isLong = rarest === null && (conditions.length > 1 || nameContains !== undefined)
    let found = ids.where(whereName(filter))
    if (!includeArchived) found = found.where('archived_at', 'is', null)
    if (rarest !== null && ofPart.includes(rarest)) found = found.where(rarest.isMet)
    for (const condition of conditions) {
      const byIndex = rarest === null ? !isLong && !isSorted && condition.isInOrder : condition === rarest
      found = found.where(byIndex ? condition.isMet : apart(condition.isMet))
    }
    return { found, isFew: rarest !== null, isLong }
  }
  const ranges = (slice: Pick<Slice, 'before' | 'order'>) => rangesOf(ids, 'id', slice, readsHere ? atOnce : null)
  return {
    async insert(environment: EnvironmentRecord) {
      await db.insertInto('cluster_environments').values(form.toRow(environment)).execute()
      const rows = trigramsOf(environment.name).map((trigram) => ({ trigram, environment_id: environment.id }))
      await db.insertInto('environment_name_trigrams').values(rows).execute()
    },
    async byId(id: ClusterEnvironmentId) {
      return form.first(all.where('id', '=', id))
    },
    async byName(name: string) {
      return form.first(all.where('name', '=', name))
    },
    async update(id: ClusterEnvironmentId, change: Partial<EnvironmentRecord>) {
      await db.updateTable('cluster_environments').set(form.toRow(change)).where('id', '=', id).execute()
      if (change.latest_revision !== undefined) await copyNewestBuild(db, id)
    },
    async list(filter: EnvironmentFilter, slice: Slice) {
      const isSorted = slice.order?.by != null
      const { found, isFew, isLong } = await find(filter, { isSorted })
      if (isFew && isSorted) {
        // A query in a query with a limit of its own is answered before it is sorted, and not on the way through an order.
        const some = found.select(['name', 'last_modified_at']).limit(Number.MAX_SAFE_INTEGER)
        return form.all(inSlice(all, db.selectFrom(some.as('cluster_environments')) as never, 'id', slice))
      }
      if (!isLong) return form.all(inSlice(all, found, 'id', slice))
      if (!isSorted) {
        return form.all(amongKeys(all, await keysIn(ranges(slice), found, 'id', slice), 'id', slice))
      }
      const keys = await keysIn(ranges({ before: null }), found, 'id', { before: null, limit: fewFound })
      const some = keys.length < fewFound ? amongKeys(found, keys, 'id', slice).clearOrderBy() : found
      return form.all(inSlice(all, some, 'id', slice))
    },
    async count(filter: EnvironmentFilter, limit: number) {
      const { found, isLong } = await find(filter, { isSorted: false })
      return isLong ? countIn(db, ranges({ before: null }), found, 'id', limit) : countOf(db, found, limit)
    },
  }
}

/** An environment has the status and the advice of its newest build: lists are narrowed by them. */
export async function copyNewestBuild(db: Kysely<Tables>, id: ClusterEnvironmentId): Promise<void> {
  await sql`update cluster_environments set (latest_status, latest_advice) = (select status, advice from builds
    where cluster_environment_id = cluster_environments.id and revision = latest_revision) where id = ${id}`.execute(db)
}
