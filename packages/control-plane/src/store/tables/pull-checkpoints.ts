/** Checkpoints: one per node whose oldest pull records were removed. */
import type { NodeId } from '@fairlead/contract/names'
import type { Kysely } from 'kysely'
import type { PullCheckpointRecord } from '../records.ts'
import { forParts, type Within } from '../query.ts'
import { rowForm, type Tables } from '../row.ts'

const form = rowForm<PullCheckpointRecord>({ json: [], flags: [] })

export function pullCheckpointTable(db: Kysely<Tables>) {
  const all = db.selectFrom('pull_checkpoints').selectAll()
  return {
    async of(nodeId: NodeId) {
      return form.first(all.where('node_id', '=', nodeId))
    },
    async ofNodes(nodeIds: readonly NodeId[]) {
      return forParts(nodeIds, (ids) => form.all(all.where('node_id', 'in', ids)))
    },
    /** Replaces the previous one. */
    async put(checkpoint: PullCheckpointRecord) {
      const { node_id: _, ...change } = form.toRow(checkpoint)
      await db
        .insertInto('pull_checkpoints')
        .values(form.toRow(checkpoint))
        .onConflict((conflict) => conflict.column('node_id').doUpdateSet(change))
        .execute()
    },
    /** When the newest removed record arrived; null if none was removed. */
    async receivedUntil(only?: Within) {
      let query = db.selectFrom('pull_checkpoints').select((eb) => eb.fn.max('received_until').as('until'))
      if (only?.within !== undefined) {
        const nodes = db.selectFrom('nodes').select('nodes.id').where('nodes.cloud_id', 'in', only.within)
        query = query.where('node_id', 'in', nodes)
      }
      return (await query.executeTakeFirst())?.until ?? null
    },
  }
}
