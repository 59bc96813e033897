/** The state of a build, a cluster, a node or a step: a word with a dot, so that nothing relies on colour alone. */
import classes from './state-badge.module.css'

export type Tone = 'good' | 'bad' | 'busy' | 'warn' | 'idle'

const tones: Record<string, Tone> = {
  succeeded: 'good',
  Running: 'good',
  running: 'good',
  online: 'good',
  done: 'good',
  authenticated: 'good',
  failed: 'bad',
  StartupErrored: 'bad',
  refused: 'bad',
  altered: 'bad',
  fork: 'bad',
  lost: 'warn',
  gap: 'warn',
  in_progress: 'busy',
  pulling: 'busy',
  starting: 'busy',
  stopping: 'busy',
  StartingUp: 'busy',
  AwaitingStartup: 'busy',
  Terminating: 'busy',
}

/** The API's words in plain English. */
const words: Record<string, string> = {
  pending: 'not checked yet',
  in_progress: 'checking',
  StartingUp: 'starting',
  AwaitingStartup: 'waiting for nodes',
  StartupErrored: 'failed',
  Running: 'running',
  Terminated: 'terminated',
  Terminating: 'terminating',
  anonymous_login_unproved: 'anonymous, login not confirmed',
  anonymous_no_secret: 'anonymous, no secret named',
  anonymous_mismatch_allowed: 'anonymous, mismatch allowed',
  offline_proved: 'offline, proved before',
}

/** A state or a decision where there is only text. */
export function stateWords(state: string): string {
  return words[state] ?? state
}

export function toneOf(state: string): Tone {
  return tones[state] ?? 'idle'
}

export function StateBadge({ state, tone = toneOf(state) }: { state: string; tone?: Tone }) {
  return (
    <span className={classes.badge} data-tone={tone}>
      <span className={classes.dot} aria-hidden />
      {stateWords(state)}
    </span>
  )
}
