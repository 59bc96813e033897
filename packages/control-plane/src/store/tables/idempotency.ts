/** Answers to requests with an Idempotency-Key. */
import type { Kysely } from 'kysely'
import type { IdempotentAnswer } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'

const form = rowForm<IdempotentAnswer>({ json: [], flags: [] })

export function idempotencyTable(db: Kysely<Tables>) {
  return {
    async find(callerId: string, key: string) {
      return form.first(
        db.selectFrom('idempotent_answers').selectAll().where('caller_id', '=', callerId).where('key', '=', key),
      )
    },
    async insert(answer: IdempotentAnswer) {
      await db.insertInto('idempotent_answers').values(form.toRow(answer)).execute()
    },
    async removeBefore(at: string) {
      await db.deleteFrom('idempotent_answers').where('created_at', '<', at).execute()
    },
  }
}
