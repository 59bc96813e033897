/** Whether a problem ends a start for good or may pass. Pure. */
import type { Problem } from '@fairlead/contract/problems'
import type { Step } from './step.ts'

/** What the agent was doing when it met the problem; `look`: it only looked at the current state. */
export type Doing = Step['do'] | 'look'

/** Work that is not part of the start itself: retried until it succeeds, whatever the engine reports. */
const besideTheStart: ReadonlySet<Doing> = new Set(['look', 'stop-container', 'remove-container'])

export function endsStart(met: Problem, doing: Doing, wasUp: boolean): boolean {
  if (met.row.retry || besideTheStart.has(doing)) return false
  // A running start ends by its own exit, or because it runs where it must not (S14), but not because the engine has a bad moment.
  return !wasUp || met.code === 'RAY_EXITED' || met.code === 'METADATA_EXPOSED'
}
