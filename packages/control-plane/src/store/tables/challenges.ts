/** Answered join challenges, and the keys that this control plane made for itself. */
import type { Kysely } from 'kysely'
import type { Tables } from '../row.ts'

export function challengeTable(db: Kysely<Tables>) {
  return {
    /** False if it was used before. */
    async burn(nonce: string, expiresAt: string) {
      const result = await db
        .insertInto('answered_challenges')
        .values({ nonce, expires_at: expiresAt })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      return result.numInsertedOrUpdatedRows === 1n
    },
    async removeExpired(now: string) {
      await db.deleteFrom('answered_challenges').where('expires_at', '<', now).execute()
    },
    /** The key with that name; the first call stores `fresh`. */
    async key(name: string, fresh: string) {
      await db
        .insertInto('own_keys')
        .values({ name, key: fresh })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      return (await db.selectFrom('own_keys').select('key').where('name', '=', name).executeTakeFirstOrThrow()).key
    },
  }
}
