/** What the control plane continues when a command stops waiting for it. */
import { Interrupted, LeftRunning, type CliContext } from '../context.ts'
import type { JsonFlag } from '../flags.ts'

/** Says with `hint` how to look again; returns what to throw for the `error` that ended the wait. */
export function leaveRunning(context: CliContext, flags: JsonFlag, error: unknown, hint: string): unknown {
  if (error instanceof Interrupted) return new LeftRunning(hint)
  if (!flags.json) context.stderr.write(hint)
  return error
}
