/** API tokens: stored as hashes, shown once, each with a role. A session is one that signing in made; it always expires. */
import { z } from 'zod'
import { CloudId, TokenId } from '../names/id.ts'
import { ChosenName, HolderName, Timestamp } from '../names/name.ts'

/** admin: everything; developer: everything except tokens, clouds and nodes; viewer: reads, and sees only the names of env vars. */
export const Role = z.enum(['admin', 'developer', 'viewer'])
export type Role = z.infer<typeof Role>

/** Who signed in, as their identity provider names them: together, the two are never given to anybody else. */
export const Identity = z.object({ issuer: z.string().max(2048), subject: z.string().max(255) })
export type Identity = z.infer<typeof Identity>

export const TokenKind = z.enum(['token', 'session'])
export type TokenKind = z.infer<typeof TokenKind>

export const ApiToken = z.object({
  id: TokenId,
  /** Of a session: what people know its holder by; several may have the same. */
  name: HolderName,
  role: Role,
  /** The clouds it is limited to, permanently; null: all present and future clouds. */
  cloud_ids: z.array(CloudId).nullable(),
  created_at: Timestamp,
  last_used_at: Timestamp.nullable(),
  /** From then on it is refused, and its name is free; null: never. An older control plane does not say. */
  expires_at: Timestamp.nullable().default(null),
  revoked_at: Timestamp.nullable(),
  /** Who signed in; null for a token that an administrator created. An older control plane has no others. */
  identity: Identity.nullable().default(null),
})
export type ApiToken = z.infer<typeof ApiToken>

export type TokenState = 'valid' | 'expired' | 'revoked'
type TokenEnd = Pick<ApiToken, 'expires_at' | 'revoked_at'>

/** Only the earlier end counts: a token that is revoked after it expired has expired. */
export function tokenState({ expires_at, revoked_at }: TokenEnd, now: number): TokenState {
  const expiry = expiryOf(expires_at)
  if (revoked_at !== null) return Date.parse(revoked_at) < expiry ? 'revoked' : 'expired'
  return expiry <= now ? 'expired' : 'valid'
}

/** Time to replace it; a session is not replaced. */
const soonMs = 7 * 24 * 60 * 60 * 1000

export function expiresSoon(token: TokenEnd & Pick<ApiToken, 'identity'>, now: number): boolean {
  return token.identity === null && tokenState(token, now) === 'valid' && expiryOf(token.expires_at) - now <= soonMs
}

const expiryOf = (expires_at: string | null): number => (expires_at === null ? Infinity : Date.parse(expires_at))

/** The secret part is shown once, here. */
export const CreatedApiToken = ApiToken.extend({ token: z.string() })
export type CreatedApiToken = z.infer<typeof CreatedApiToken>

export const CreateApiToken = z.strictObject({
  name: ChosenName,
  role: Role,
  /** Absent: all clouds. */
  cloud_ids: z.array(CloudId).min(1).max(100).optional(),
  /** In the future, and at most ten years ahead. Absent: it does not expire. */
  expires_at: Timestamp.optional(),
})
export type CreateApiToken = z.input<typeof CreateApiToken>
