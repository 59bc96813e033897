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
  revoked_at: Timestamp.nullable(),
})
export type ApiToken = z.infer<typeof ApiToken>

/** The secret part is shown once, here. */
export const CreatedApiToken = ApiToken.extend({ token: z.string() })
export type CreatedApiToken = z.infer<typeof CreatedApiToken>

export const CreateApiToken = z.strictObject({
  name: ChosenName,
  role: Role,
  /** Absent: all clouds. */
  cloud_ids: z.array(CloudId).min(1).max(100).optional(),
})
export type CreateApiToken = z.input<typeof CreateApiToken>
