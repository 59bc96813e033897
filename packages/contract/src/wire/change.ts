/** What the stream of events tells: that a resource changed. What it is now is for the reader to ask. */
import { z } from 'zod'

/** The event's name. Newer ones may come: who does not know one passes over it. */
export const ChangeKind = z.enum([
  'build',
  'cluster',
  'node',
  'pull',
  /** It was archived; what a build of it changes is told as that build's. */
  'cluster_environment',
  /** The cloud itself or one of its grants. */
  'cloud',
  /** Made or revoked. Told to administrators alone, as `audit` is. */
  'token',
  'audit',
])
export type ChangeKind = z.infer<typeof ChangeKind>

/** The event's data. */
export const ChangeData = z.object({ id: z.string().max(128) })

/** One event of the stream, as a reader of server-sent events has it; `data` is JSON. */
export const ChangeEvent = z.object({
  id: z.string().regex(/^\d{1,15}(-\d{1,15})?$/),
  /** `reset`: what was read before is to be read anew; its data is empty. */
  event: z.enum([...ChangeKind.options, 'reset']),
  data: z.string(),
})
