/** The steps of the credential path and of a start, in words. */
import type { StepReport } from '@fairlead/contract'
import { formatDuration } from '../ui/units.ts'

type Step = StepReport['step']

export const stepWords: Record<Step, { readonly name: string; readonly what: string }> = {
  secret: { name: 'Secret', what: 'read with the node’s own identity' },
  match: { name: 'Match', what: 'its server is the image’s registry' },
  challenge: { name: 'Challenge', what: 'how the registry wants a login' },
  login: { name: 'Login', what: 'at that registry alone' },
  resolve: { name: 'Resolve', what: 'the tag becomes one digest' },
  pull: { name: 'Pull', what: 'by Docker, which holds no password' },
  start: { name: 'Start', what: 'the container is made and started' },
  ray: { name: 'Ray', what: 'Ray lists the node alive' },
}

export const stepOrder: readonly Step[] = ['secret', 'match', 'challenge', 'login', 'resolve', 'pull', 'start', 'ray']

/** A step's time as it is read: what took less than a millisecond took some. */
export function stepTime(ms: number): string {
  return ms < 0.5 ? '< 1 ms' : formatDuration(ms)
}

/** How long a step took, or has taken by now. */
export function stepMs(step: Pick<StepReport, 'started_at' | 'duration_ms'>, now: number): number {
  return step.duration_ms ?? Math.max(now - Date.parse(step.started_at), 0)
}
