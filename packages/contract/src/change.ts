/** What the stream of events tells: that a resource changed. What it is now is for the reader to ask. */
import { z } from 'zod'

/** The event's name. */
export const ChangeKind = z.enum(['build', 'cluster', 'node', 'pull'])
export type ChangeKind = z.infer<typeof ChangeKind>

/** The event's data. */
export const ChangeData = z.object({ id: z.string().max(128) })
