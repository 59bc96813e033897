/** Answers to requests with an Idempotency-Key. */
import type { Kysely } from 'kysely'
import type { IdempotentAnswer } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import type { IdempotencyTable } from '../store.ts'

const form = rowForm<IdempotentAnswer>({ json: [], flags: [] })

export function idempotencyTable(db: Kysely<Tables>): IdempotencyTable {
  return {
    async find(callerId, key) {
      return form.first(
        db.selectFrom('idempotent_answers').selectAll().where('caller_id', '=', callerId).where('key', '=', key),
      )
    },
    async insert(answer) {
      await db.insertInto('idempotent_answers').values(form.toRow(answer)).execute()
    },
    async removeBefore(at) {
      await db.deleteFrom('idempotent_answers').where('created_at', '<', at).execute()
    },
  }
}
