/** The steps of the credential path and of a start, in words. */
import type { StepReport } from '@fairlead/contract/wire'
import { formatDuration } from '../ui/units.ts'

type Step = StepReport['step']

export interface StepWords {
  readonly name: string
  /** While it runs, and where it was interrupted. */
  readonly doing: string
  readonly done: string
  readonly failed: string
}

export const stepWords: Record<Step, StepWords> = {
  secret: {
    name: 'Secret',
    doing: 'reads it with the node’s own identity',
    done: 'read with the node’s own identity',
    failed: 'not read',
  },
  match: {
    name: 'Match',
    doing: 'checks that its server is the image’s registry',
    done: 'its server is the image’s registry',
    failed: 'not matched to the image’s registry',
  },
  challenge: {
    name: 'Challenge',
    doing: 'asks the registry how to log in',
    done: 'the registry said how to log in',
    failed: 'no permitted way to log in',
  },
  login: {
    name: 'Login',
    doing: 'logs in at that registry only',
    done: 'logged in at that registry only',
    failed: 'not logged in',
  },
  resolve: {
    name: 'Resolve',
    doing: 'looks up the digest of the image',
    done: 'found the digest of the image',
    failed: 'found no digest of the image',
  },
  pull: {
    name: 'Pull',
    doing: 'by Docker, which holds no password',
    done: 'by Docker, which holds no password',
    failed: 'Docker did not get the image',
  },
  start: {
    name: 'Start',
    doing: 'creates and starts the container',
    done: 'the container was created and started',
    failed: 'the container was not started',
  },
  ray: {
    name: 'Ray',
    doing: 'waits until Ray lists the node as alive',
    done: 'Ray lists the node as alive',
    failed: 'Ray does not list the node as alive',
  },
}

const textOfStatus: Record<StepReport['status'], (words: StepWords) => string> = {
  running: ({ doing }) => doing,
  done: ({ done }) => done,
  failed: ({ failed }) => failed,
  skipped: () => 'not needed',
}

/** The text next to a step's name. */
export function stepText({ step, status }: Pick<StepReport, 'step' | 'status'>): string {
  return textOfStatus[status](stepWords[step])
}

export const stepOrder: readonly Step[] = ['secret', 'match', 'challenge', 'login', 'resolve', 'pull', 'start', 'ray']

/** A step's time as displayed: a step shorter than a millisecond still took some time. */
export function stepTime(ms: number): string {
  return ms < 0.5 ? '< 1 ms' : formatDuration(ms)
}

/** How long a step took, or has taken so far. */
export function stepMs(step: Pick<StepReport, 'started_at' | 'duration_ms'>, now: number): number {
  return step.duration_ms ?? Math.max(now - Date.parse(step.started_at), 0)
}
