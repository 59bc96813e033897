/** Checkpoints: one per node whose oldest pull records were removed. */
import type { Kysely } from 'kysely'
import type { PullCheckpointRecord } from '../records.ts'
import { inParts } from '../query.ts'
import { rowForm, type Tables } from '../row.ts'
import type { PullCheckpointTable } from '../store.ts'

const form = rowForm<PullCheckpointRecord>({ json: [], flags: [] })

export function pullCheckpointTable(db: Kysely<Tables>): PullCheckpointTable {
  const all = db.selectFrom('pull_checkpoints').selectAll()
  return {
    async of(nodeId) {
      return form.first(all.where('node_id', '=', nodeId))
    },
    async ofNodes(nodeIds) {
      const found: PullCheckpointRecord[] = []
      for (const ids of inParts(nodeIds)) {
        const rows = await all.where('node_id', 'in', ids).execute()
        found.push(...rows.map(form.fromRow))
      }
      return found
    },
    async put(checkpoint) {
      const { node_id: _, ...change } = form.toRow(checkpoint)
      await db
        .insertInto('pull_checkpoints')
        .values(form.toRow(checkpoint))
        .onConflict((conflict) => conflict.column('node_id').doUpdateSet(change))
        .execute()
    },
    async receivedUntil(only) {
      let query = db.selectFrom('pull_checkpoints').select((eb) => eb.fn.max('received_until').as('until'))
      if (only?.within !== undefined) {
        const nodes = db.selectFrom('nodes').select('nodes.id').where('nodes.cloud_id', 'in', only.within)
        query = query.where('node_id', 'in', nodes)
      }
      return (await query.executeTakeFirst())?.until ?? null
    },
  }
}
