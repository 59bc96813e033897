/** The steps of the credential path and of a start, in order. Reports, records, documents and comments use these names and never number them. */
import { z } from 'zod'
import { Timestamp } from '../names/name.ts'

export const StepName = z.enum([
  'secret', // asks the secret manager, with the node's own identity
  'match', // compares the secret's server with the image's registry
  'challenge', // asks the registry how to log in, and checks the realm
  'login', // fetches a token for this one repository, or tries Basic
  'resolve', // the manifest: pull permission, digest, size; a check also reads the config: platform
  'pull', // Docker pulls through the gateway
  'start', // creates and starts the container
  'ray', // reads the Ray version; Ray joins
])
export type StepName = z.infer<typeof StepName>

export const StepReport = z.strictObject({
  step: StepName,
  status: z.enum(['running', 'done', 'failed', 'skipped']),
  started_at: Timestamp,
  duration_ms: z.number().nonnegative().nullable(),
  /** For `pull`: bytes received and bytes expected. */
  bytes: z.int().nonnegative().optional(),
  total_bytes: z.int().nonnegative().optional(),
})
export type StepReport = z.infer<typeof StepReport>
