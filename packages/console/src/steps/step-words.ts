/** The steps of the credential path and of a start, in words. */
import type { StepReport } from '@fairlead/contract'

type Step = StepReport['step']

export const stepWords: Record<Step, { readonly name: string; readonly what: string }> = {
  secret: { name: 'Secret', what: 'read from the secret manager, with the node’s own identity' },
  match: { name: 'Match', what: 'the secret’s server is the registry of the image' },
  challenge: { name: 'Challenge', what: 'the registry says how it wants a login' },
  login: { name: 'Login', what: 'to the registry alone' },
  resolve: { name: 'Resolve', what: 'the tag becomes one digest' },
  pull: { name: 'Pull', what: 'by Docker, which holds no password' },
  start: { name: 'Start', what: 'the container is made and started' },
  ray: { name: 'Ray', what: 'Ray lists the node alive' },
}

export const stepOrder: readonly Step[] = ['secret', 'match', 'challenge', 'login', 'resolve', 'pull', 'start', 'ray']

/** How long a step took, or has taken by now. */
export function stepMs(step: Pick<StepReport, 'started_at' | 'duration_ms'>, now: number): number {
  return step.duration_ms ?? Math.max(now - Date.parse(step.started_at), 0)
}
