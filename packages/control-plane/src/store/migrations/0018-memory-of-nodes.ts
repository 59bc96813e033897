/** Nodes are placed by their memory without reading what else they reported. A node without an engine has none. */
import { sql } from 'kysely'
import type { Migration } from '../migration.ts'

const atOnce = 500

export const memoryOfNodes: Migration = async (db) => {
  await db.schema.alterTable('nodes').addColumn('memory_bytes', 'integer').execute()
  for (let last = ''; ;) {
    const rows = await db
      .selectFrom('nodes')
      .select(['id', 'facts'])
      .where('id', '>', last as never)
      .orderBy('id')
      .limit(atOnce)
      .execute()
    for (const { id, facts } of rows) {
      const { engine_version: engine = null, memory_bytes = null } = factsIn(facts)
      if (engine === null) continue
      await db.updateTable('nodes').set({ memory_bytes }).where('id', '=', id).execute()
    }
    last = rows.at(-1)?.id ?? last
    if (rows.length < atOnce) break
  }
  await sql`create index nodes_free on nodes (cloud_id, memory_bytes desc, id) where revoked_at is null`.execute(db)
}

function factsIn(text: string | null): { engine_version?: string | null; memory_bytes?: number } {
  return text === null ? {} : (JSON.parse(text) as { engine_version?: string | null; memory_bytes?: number })
}
