/** The first start creates an admin token, which the caller shows once; only its hash is kept. */
import { newId } from '@fairlead/contract/names'
import { appendAudit } from '../audit/append.ts'
import { eventOf } from '../audit/event.ts'
import { iso } from '../clock.ts'
import type { Store } from '../store/store.ts'
import { mintToken } from './secret-token.ts'

export async function ensureAdmin(store: Store, now: number, options: { another: boolean }): Promise<string | null> {
  return store.write(async (transaction) => {
    const count = await transaction.apiTokens.count()
    if (count > 0 && !options.another) return null
    const minted = mintToken('flt')
    const id = newId('tok', now)
    // The actor can start the process and has no token; the record still shows that another admin was created.
    await appendAudit(transaction, eventOf('token.create', now, { resource_ids: [id] }))
    await transaction.apiTokens.insert({
      id,
      name: count === 0 ? 'first-admin' : `admin-${iso(now).replaceAll(/[^0-9]/g, '')}`,
      role: 'admin',
      cloud_ids: null,
      token_hash: minted.hash,
      created_at: iso(now),
      last_used_at: null,
      expires_at: null,
      identity: null,
      revoked_at: null,
    })
    return minted.text
  })
}
