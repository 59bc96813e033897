/** Whether a problem ends a start for good, or may pass. Pure. */
import type { Problem } from '@fairlead/contract/problems'
import type { Step } from './step.ts'

/** What the agent was doing when it met the problem; `look`: it only looked at what is there. */
export type Doing = Step['do'] | 'look'

/** What does not belong to the start itself: it is tried on until it works, whatever the engine says of it. */
const besideTheStart: ReadonlySet<Doing> = new Set(['look', 'stop-container', 'remove-container'])

export function endsStart(met: Problem, doing: Doing, wasUp: boolean): boolean {
  if (met.row.retry || besideTheStart.has(doing)) return false
  // What is up is ended by its own exit, or because it runs where it must not (S14), and not by an engine that has a bad moment.
  return !wasUp || met.code === 'RAY_EXITED' || met.code === 'METADATA_EXPOSED'
}
