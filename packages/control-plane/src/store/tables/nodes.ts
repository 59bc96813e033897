/** Nodes. */
import type { BuildId, CloudId, NodeId } from '@fairlead/contract/names'
import { sql, type Kysely, type SqlBool } from 'kysely'
import {
  apart,
  countOf,
  forParts,
  inSlice,
  inStatements,
  partOf,
  whereName,
  type NameFilter,
  type Slice,
  type Within,
} from '../query.ts'
import type { BuildRecord, NodeRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import { firstKeyAt } from './pulls.ts'

export interface NodeFilter extends NameFilter, Within {
  readonly cloudId?: CloudId | undefined
  /** Whether the node still exists; both if absent. */
  readonly live?: boolean | undefined
  /** Only those that last told of pods that wait for an image. */
  readonly waitedOn?: true | undefined
  /** Whether its pull records are known to form no whole chain; all if absent. */
  readonly brokenChain?: boolean | undefined
  /** Only those that last told of having prefetched this build's image. */
  readonly prefetched?: BuildId | undefined
}

/** Where a node belongs, and whether it still is one. */
export type NodeStanding = Pick<NodeRecord, 'id' | 'cloud_id' | 'checker' | 'revoked_at' | 'revoked_because'>

export type NamedNode = Pick<NodeRecord, 'id' | 'name' | 'cloud_id' | 'last_heard_at'>

export interface FreeNode {
  readonly id: NodeId
  readonly memory_bytes: number
  /** When it was last heard, or joined. */
  readonly heard_at: string
}

/** What a report changes about its node, each time. */
export type HeardReport = Pick<NodeRecord, 'id' | 'facts' | 'last_heard_at' | 'report_ids' | 'pull_chain'>

const form = rowForm<NodeRecord>({ json: ['facts', 'report_ids', 'identity', 'second_join'], flags: ['checker'] })
/** All but the memory, which only orders them. */
const columns = [
  'id',
  'name',
  'cloud_id',
  'checker',
  'public_key',
  'facts',
  'joined_at',
  'identity',
  'instance_key',
  'second_join',
  'last_heard_at',
  'revoked_at',
  'revoked_because',
  'report_ids',
  'pull_chain',
] as const
/** Facts are JSON, in which a list that is not empty begins like this; indexes have the same words. */
const hasWaitingPods = sql<SqlBool>`facts like '%"waiting_pods":[{%'`
const hasBrokenChain = sql<SqlBool>`pull_chain <> 'intact'`
const hasPrefetched = sql<SqlBool>`facts like '%"prefetched":["%'`
const hasImageOf = (buildId: BuildId) => sql<SqlBool>`facts like ${`%"prefetched":[%"${buildId}"%`}`

export function nodeTable(db: Kysely<Tables>) {
  const all = db.selectFrom('nodes').select(columns)
  const matching = (filter: NodeFilter) => {
    const { within, cloudId, live, waitedOn, brokenChain, prefetched } = filter
    let query = db.selectFrom('nodes').select('id').where(whereName(filter))
    if (within !== undefined) query = query.where('cloud_id', 'in', within)
    if (cloudId !== undefined) query = query.where('cloud_id', '=', cloudId)
    if (live === true) query = query.where('revoked_at', 'is', null)
    if (live === false) query = query.where(apart(sql<SqlBool>`revoked_at is not null`))
    if (waitedOn === true) query = query.where(hasWaitingPods)
    if (brokenChain === true) query = query.where(hasBrokenChain)
    if (brokenChain === false) query = query.where(sql<SqlBool>`coalesce(pull_chain, 'intact') = 'intact'`)
    if (prefetched !== undefined) query = query.where(hasPrefetched).where(hasImageOf(prefetched))
    return query
  }
  /** Live, with an engine, no checker, and held by no cluster. */
  const freeIn = (cloudId: CloudId) =>
    db
      .selectFrom('nodes')
      .where('cloud_id', '=', cloudId)
      .where('memory_bytes', 'is not', null)
      .where('checker', '=', 0)
      .where('revoked_at', 'is', null)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('cluster_members')
              .select('node_id')
              .whereRef('node_id', '=', 'nodes.id')
              .where('released_at', 'is', null),
          ),
        ),
      )
  return {
    async insert(node: NodeRecord) {
      await db
        .insertInto('nodes')
        .values({ ...form.toRow(node), ...memoryOf(node) })
        .execute()
    },
    async byId(id: NodeId) {
      return form.first(all.where('id', '=', id))
    },
    async byName(name: string) {
      return form.first(all.where('name', '=', name).where('revoked_at', 'is', null))
    },
    /** The live node on that machine. */
    async byInstance(instanceKey: string) {
      return form.first(all.where('instance_key', '=', instanceKey).where('revoked_at', 'is', null))
    },
    async byIds(ids: readonly NodeId[]) {
      return forParts(ids, (part) => form.all(all.where('id', 'in', part)))
    },
    async standings(ids: readonly NodeId[]): Promise<NodeStanding[]> {
      const some = db.selectFrom('nodes').select(['id', 'cloud_id', 'checker', 'revoked_at', 'revoked_because'])
      const rows = await forParts(ids, (part) => some.where('id', 'in', part).execute())
      return rows.map((row) => ({ ...row, checker: row.checker === 1 }))
    },
    async names(ids: readonly NodeId[]): Promise<NamedNode[]> {
      const some = db.selectFrom('nodes').select(['id', 'name', 'cloud_id', 'last_heard_at'])
      return forParts(ids, (part) => some.where('id', 'in', part).execute())
    },
    /** The live nodes that have reported, each with when it was last heard: checkers first, then the oldest. */
    async checkers(cloudId: CloudId, limit: number) {
      const rows = await db
        .selectFrom('nodes')
        .select((eb) => ['id', 'checker', eb.fn.coalesce('last_heard_at', 'joined_at').as('heard_at')])
        .where('cloud_id', '=', cloudId)
        .where('revoked_at', 'is', null)
        .where('facts', 'is not', null)
        .orderBy('checker', 'desc')
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map((row) => ({ ...row, checker: row.checker === 1 }))
    },
    /** The live nodes with an engine, checkers aside, that no cluster holds: those with the most memory first, then the oldest. */
    async free(cloudId: CloudId, limit: number): Promise<FreeNode[]> {
      return freeIn(cloudId)
        .select((eb) => ['id', 'memory_bytes', eb.fn.coalesce('last_heard_at', 'joined_at').as('heard_at')])
        .$narrowType<{ memory_bytes: number }>()
        .orderBy('memory_bytes', 'desc')
        .orderBy('id')
        .limit(limit)
        .execute()
    },
    /**
     * Of the free nodes of a cloud, all, and by what is known of one build's image: `ready` last told of having prefetched it; `failed` have not, and
     * could not bring it when they last tried.
     */
    async prefetching(cloudId: CloudId, { id, created_at }: Pick<BuildRecord, 'id' | 'created_at'>) {
      const isReady = hasImageOf(id)
      const isAttempt = apart(sql<SqlBool>`purpose = 'prefetch' and build_id = ${id}`)
      const newest = sql`select code from pulls where node_id = nodes.id and key >= ${firstKeyAt(created_at)}
        and ${isAttempt} order by key desc limit 1`
      // One that made way for a cluster begins again.
      const hasFailed = sql<SqlBool>`not (${isReady}) and (${newest}) <> 'INTERRUPTED'`
      const lists = await freeIn(cloudId)
        .select([
          idList.as('free'),
          sql<string | null>`${idList} filter (where ${isReady})`.as('ready'),
          sql<string | null>`${idList} filter (where ${hasFailed})`.as('failed'),
        ])
        .executeTakeFirstOrThrow()
      return { free: idsIn(lists.free), ready: idsIn(lists.ready), failed: idsIn(lists.failed) }
    },
    /** The live nodes, with what a signature is judged by. */
    async keys() {
      return db.selectFrom('nodes').select(['id', 'public_key']).where('revoked_at', 'is', null).execute()
    },
    /** For every node that is not revoked: when it was last heard, or joined. */
    async lastHeard() {
      return db
        .selectFrom('nodes')
        .select((eb) => ['id', eb.fn.coalesce('last_heard_at', 'joined_at').as('heard_at')])
        .where('revoked_at', 'is', null)
        .execute()
    },
    /** Only forward: a newer time is kept. */
    async noteHeard(heard: readonly { id: NodeId; heard_at: string }[]) {
      for (const part of inStatements(heard)) {
        const rows = part.map((one) => sql`(${one.id}, ${one.heard_at})`)
        await sql`update nodes set last_heard_at = heard.column2 from (values ${sql.join(rows)}) as heard
          where nodes.id = heard.column1 and (last_heard_at is null or last_heard_at < heard.column2)`.execute(db)
      }
    },
    async noteReports(reports: readonly HeardReport[]) {
      for (const part of inStatements(reports)) {
        const rows = part.map((report) => {
          const { id, facts, last_heard_at, report_ids, pull_chain } = form.toRow(report)
          return sql`(${id}, ${facts}, ${last_heard_at}, ${report_ids}, ${pull_chain}, ${memoryOf(report).memory_bytes})`
        })
        await sql`update nodes set facts = said.column2, last_heard_at = said.column3, report_ids = said.column4,
          pull_chain = said.column5, memory_bytes = cast(said.column6 as bigint)
          from (values ${sql.join(rows)}) as said where nodes.id = said.column1`.execute(db)
      }
    },
    async update(id: NodeId, change: Partial<NodeRecord>) {
      await db
        .updateTable('nodes')
        .set({ ...form.toRow(change), ...memoryOf(change) })
        .where('id', '=', id)
        .execute()
    },
    async list(filter: NodeFilter, slice: Slice) {
      return form.all(inSlice(all, matching(filter), 'id', slice))
    },
    /** Of `list`, without reading the rest of each. */
    async ids(filter: NodeFilter, slice: Slice) {
      const { ids } = await db
        .selectFrom(partOf(matching(filter), 'id', slice).as('part'))
        .select(idList.as('ids'))
        .executeTakeFirstOrThrow()
      return idsIn(ids)
    },
    count: async (filter: NodeFilter, limit: number) => countOf(db, matching(filter), limit),
  }
}

/** One row of ten thousand ids is read four times as fast as ten thousand rows, which SQLite does in this thread. */
const idList = sql<string | null>`string_agg(id, ',')`
const idsIn = (list: string | null): NodeId[] => (list === null ? [] : (list.split(',') as NodeId[]))

/** Of a node that has an engine, so that it can be part of a cluster; null for others. */
function memoryOf({ facts }: Partial<NodeRecord>): { memory_bytes?: number | null } {
  if (facts === undefined) return {}
  return { memory_bytes: facts === null || facts.engine_version === null ? null : facts.memory_bytes }
}
