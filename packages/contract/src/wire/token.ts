/** API tokens: stored as hashes, shown once, each with a role. */
import { z } from 'zod'
import { CloudId, TokenId } from '../names/id.ts'
import { ChosenName, Name, Timestamp } from '../names/name.ts'

/** admin: everything; developer: everything except tokens, clouds and nodes; viewer: reads, and sees only the names of env vars. */
export const Role = z.enum(['admin', 'developer', 'viewer'])
export type Role = z.infer<typeof Role>

export const apiTokenPattern = /^flt_[A-Za-z0-9_-]{43}$/

export const ApiToken = z.object({
  id: TokenId,
  name: Name,
  role: Role,
  /** The clouds it is limited to, permanently; null: all present and future clouds. */
  cloud_ids: z.array(CloudId).nullable(),
  created_at: Timestamp,
  last_used_at: Timestamp.nullable(),
  /** From then on it is refused, and its name is free; null: never. An older control plane does not say. */
  expires_at: Timestamp.nullable().default(null),
  revoked_at: Timestamp.nullable(),
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

/** Time to replace it. */
const soonMs = 7 * 24 * 60 * 60 * 1000

export function expiresSoon(token: TokenEnd, now: number): boolean {
  return tokenState(token, now) === 'valid' && expiryOf(token.expires_at) - now <= soonMs
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
