/** A session: an API token that a sign-in created, with the access of the rule that let its holder in. Who came and who was refused is recorded. */
import { newId, type CloudId } from '@fairlead/contract/names'
import { printable, problem } from '@fairlead/contract/problems'
import type { AuditAct, AuditEvent, CreatedApiToken, Identity } from '@fairlead/contract/wire'
import { appendAudit } from '../audit/append.ts'
import { eventOf } from '../audit/event.ts'
import { iso } from '../clock.ts'
import { mintToken } from '../identity/secret-token.ts'
import type { ApiTokenRecord } from '../store/records.ts'
import type { Reader, Transaction } from '../store/store.ts'
import type { AccessRule } from './settings.ts'

/** Whose sign-in it is, proved by their identity provider. */
export interface Holder {
  readonly name: string
  readonly identity: Identity
}

export interface NewSession {
  readonly holder: Holder
  readonly rule: AccessRule
  readonly lifetimeMs: number
  readonly requestId: string
  readonly now: number
}

/** Throws SIGN_IN_CLOUD_MISSING. */
export async function startSession(
  transaction: Transaction,
  { holder, rule, lifetimeMs, requestId, now }: NewSession,
): Promise<CreatedApiToken> {
  const minted = mintToken('flt')
  const session: ApiTokenRecord = {
    id: newId('tok', now),
    name: holder.name,
    role: rule.role,
    cloud_ids: await cloudsNamed(transaction, rule.clouds),
    token_hash: minted.hash,
    created_at: iso(now),
    last_used_at: null,
    revoked_at: null,
    expires_at: iso(now + lifetimeMs),
    identity: holder.identity,
  }
  await transaction.apiTokens.insert(session)
  transaction.announce('token', session.id)
  await appendAudit(transaction, sessionEvent('session.start', session, requestId, now))
  return { ...session, token: minted.text }
}

/** Throws NOT_A_SESSION. */
export async function endSession(
  transaction: Transaction,
  session: ApiTokenRecord,
  { requestId, now }: { requestId: string; now: number },
): Promise<void> {
  if (session.identity === null) throw problem('NOT_A_SESSION')
  await transaction.apiTokens.update(session.id, { revoked_at: iso(now) })
  transaction.announce('token', session.id)
  await appendAudit(transaction, sessionEvent('session.end', session, requestId, now))
}

/** Of a sign-in that no rule, or none that can be followed, lets in. */
export const refusedEvent = (
  { name, identity }: Holder,
  { outcome, requestId, now }: { outcome: AuditEvent['outcome']; requestId: string; now: number },
): AuditEvent => eventOf('session.start', now, { request_id: requestId, token_name: name, identity, outcome })

const sessionEvent = (act: AuditAct, session: ApiTokenRecord, requestId: string, now: number): AuditEvent =>
  eventOf(act, now, {
    request_id: requestId,
    token_id: session.id,
    token_name: session.name,
    role: session.role,
    identity: session.identity,
    resource_ids: [session.id],
  })

async function cloudsNamed(reader: Reader, names: readonly string[] | undefined): Promise<CloudId[] | null> {
  if (names === undefined) return null
  const ids = []
  for (const name of new Set(names)) {
    const cloud = await reader.clouds.byName(name)
    if (cloud === null) throw problem('SIGN_IN_CLOUD_MISSING', { name: printable(name) })
    ids.push(cloud.id)
  }
  return ids
}
