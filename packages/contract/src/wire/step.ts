/**
 * The steps of the credential path and of a start, in the order in which they are taken. Reports, records, documents and comments call
 * them by these names, and number none of them.
 */
import { z } from 'zod'
import { Timestamp } from '../names/name.ts'

export const StepName = z.enum([
  'secret', // the secret manager is asked, with the node's own identity
  'match', // the secret's server is compared with the image's registry
  'challenge', // the registry is asked how it wants a login; the realm is judged
  'login', // a token for this one repository is fetched, or Basic is tried
  'resolve', // the manifest: pull permission, digest, platform, size
  'pull', // Docker pulls through the gateway
  'start', // the container is made and started
  'ray', // the Ray version is read; Ray joins
])
export type StepName = z.infer<typeof StepName>

export const StepReport = z.strictObject({
  step: StepName,
  status: z.enum(['running', 'done', 'failed', 'skipped']),
  started_at: Timestamp,
  duration_ms: z.number().nonnegative().nullable(),
  /** For `pull`: what has come and what will come, in bytes. */
  bytes: z.int().nonnegative().optional(),
  total_bytes: z.int().nonnegative().optional(),
})
export type StepReport = z.infer<typeof StepReport>
