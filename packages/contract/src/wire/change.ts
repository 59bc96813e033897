/** An entry in the event stream: a resource changed. The reader fetches its current state. */
import { z } from 'zod'

/** The event's name. Newer ones may appear: a client skips names it does not know. */
export const ChangeKind = z.enum([
  'build',
  'cluster',
  'node',
  'pull',
  /** It was archived; changes of a build are reported under that build. */
  'cluster_environment',
  /** The cloud itself or one of its grants. */
  'cloud',
  /** Created or revoked. Sent only to administrators, like `audit`. */
  'token',
  'audit',
])
export type ChangeKind = z.infer<typeof ChangeKind>

/** The event's data. */
export const ChangeData = z.object({ id: z.string().max(128) })

/** Opaque to clients: a number with a time, or both sealed for whoever does not hear every event. */
export const eventIdPattern = /^(?:\d{1,15}(?:-\d{1,15})?|[0-9a-f]{32})$/

/** One event of the stream, as received by a reader of server-sent events; `data` is JSON. */
export const ChangeEvent = z.object({
  id: z.string().regex(eventIdPattern),
  /** `reset`: everything read before must be read again; its data is empty. */
  event: z.enum([...ChangeKind.options, 'reset']),
  data: z.string(),
})
