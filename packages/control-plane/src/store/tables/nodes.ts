/** Nodes. */
import { sql, type Kysely } from 'kysely'
import { countOf, inSlice, whereName } from '../query.ts'
import type { NodeRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import type { NodeFilter, NodeTable } from '../store.ts'

const form = rowForm<NodeRecord>({ json: ['facts', 'report_ids', 'identity', 'second_join'], flags: ['checker'] })
const rowsAtOnce = 500

export function nodeTable(db: Kysely<Tables>): NodeTable {
  const all = db.selectFrom('nodes').selectAll()
  const matching = (filter: NodeFilter) => {
    const { within, cloudId, live } = filter
    let query = all.where(whereName(filter))
    if (within !== undefined) query = query.where('cloud_id', 'in', within)
    if (cloudId !== undefined) query = query.where('cloud_id', '=', cloudId)
    if (live !== undefined) query = query.where('revoked_at', live ? 'is' : 'is not', null)
    return query
  }
  return {
    async insert(node) {
      await db.insertInto('nodes').values(form.toRow(node)).execute()
    },
    async byId(id) {
      return form.first(all.where('id', '=', id))
    },
    async byName(name) {
      return form.first(all.where('name', '=', name).where('revoked_at', 'is', null))
    },
    async byInstance(instanceKey) {
      return form.first(all.where('instance_key', '=', instanceKey).where('revoked_at', 'is', null))
    },
    async byIds(ids) {
      const found: NodeRecord[] = []
      for (let start = 0; start < ids.length; start += rowsAtOnce) {
        const rows = await all.where('id', 'in', ids.slice(start, start + rowsAtOnce)).execute()
        found.push(...rows.map(form.fromRow))
      }
      return found
    },
    async ofCloud(cloudId) {
      return form.all(all.where('cloud_id', '=', cloudId).where('revoked_at', 'is', null).orderBy('id'))
    },
    async lastHeard() {
      return db
        .selectFrom('nodes')
        .select((eb) => ['id', eb.fn.coalesce('last_heard_at', 'joined_at').as('heard_at')])
        .where('revoked_at', 'is', null)
        .execute()
    },
    async noteHeard(heard) {
      for (let start = 0; start < heard.length; start += rowsAtOnce) {
        const rows = heard.slice(start, start + rowsAtOnce).map((one) => sql`(${one.id}, ${one.heard_at})`)
        await sql`update nodes set last_heard_at = heard.column2 from (values ${sql.join(rows)}) as heard
          where nodes.id = heard.column1 and (last_heard_at is null or last_heard_at < heard.column2)`.execute(db)
      }
    },
    async update(id, change) {
      await db.updateTable('nodes').set(form.toRow(change)).where('id', '=', id).execute()
    },
    async list(filter, slice) {
      return form.all(inSlice(matching(filter), 'id', slice))
    },
    count: async (filter, limit) => countOf(db, matching(filter), limit),
  }
}
