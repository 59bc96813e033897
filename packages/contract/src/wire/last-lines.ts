/** The last lines a container printed. A node sends them only if its owner's file says so: `share_logs: true` for a failed one, `always` for a running one too. */
import { z } from 'zod'

export const lastLinesTold = 50

/** Escaped and cut on the node, as `printable` does. */
export const LastLines = z
  .array(
    z
      .string()
      .max(200)
      .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u),
  )
  .max(lastLinesTold)
export type LastLines = z.infer<typeof LastLines>
