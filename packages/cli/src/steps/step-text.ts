/** The steps of the credential path and of a start, in words. */
import type { StepName, StepReport } from '@fairlead/contract/wire'
import type { Paint } from '../terminal/paint.ts'
import { formatBytes, formatDuration } from '../terminal/units.ts'

/** While it runs, and when it is done. */
const words: Record<StepName, readonly [running: string, done: string]> = {
  secret: ["reading the secret with the node's own identity", "secret read with the node's own identity"],
  match: ["comparing the secret's server with the registry", 'the secret is for the registry of the image'],
  challenge: ['asking the registry how to log in', 'it asks for the login at a trusted host'],
  login: ['logging in', 'logged in'],
  resolve: ['looking up the image', 'image found; this login may pull it'],
  pull: ['pulling', 'pulled'],
  start: ['starting the container', 'container started'],
  ray: ['waiting for Ray', 'Ray is up'],
}

export interface StepWords {
  /** While it runs, and where it failed. */
  readonly running: string
  readonly done: string
  readonly skipped: string
}

/** A step of another kind, which has its own words. */
export interface WordedStep extends Omit<StepReport, 'step'> {
  readonly step: string
  readonly words: StepWords
}

export type AnyStep = StepReport | WordedStep

function wordsOf(step: AnyStep): StepWords {
  if ('words' in step) return step.words
  const [whileRunning, whenDone] = words[step.step]
  return { running: whileRunning, done: whenDone, skipped: 'not needed' }
}

export const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const

const barWidth = 20
const wordsWidth = Math.max(
  ...Object.values(words)
    .flat()
    .map((text) => text.length),
)

/** Everything around the words of a step: sign, name, gaps and time. */
const besideWords = 24

/** One step on a terminal with that many columns left; `frame` turns the spinner. */
export function liveStep(step: AnyStep, now: number, frame: number, paint: Paint, columns = Infinity): string {
  // The time stays visible when space is short: the words give way.
  const room = Math.max(16, Math.min(wordsWidth, columns - besideWords))
  const fitted = (text: string) => (text.length <= room ? text.padEnd(room) : `${text.slice(0, room - 1)}…`)
  const name = step.step.padEnd(9)
  const time = paint.dim(timeOf(step, now).padStart(8))
  const turning = spinner[frame % spinner.length] ?? '-'
  const texts: Record<StepReport['status'], () => string> = {
    running: () =>
      `${paint.cyan(turning)} ${paint.bold(name)}  ${bar(step, paint) ?? fitted(wordsOf(step).running)}  ${time}`,
    done: () => `${paint.green('✓')} ${name}  ${fitted(done(step))}  ${time}`,
    failed: () => `${paint.red('✗')} ${paint.bold(name)}  ${paint.red(fitted(wordsOf(step).running))}  ${time}`,
    skipped: () => paint.dim(`- ${name}  ${wordsOf(step).skipped}`),
  }
  return texts[step.status]()
}

/** One step on a plain line. */
export function plainStep(step: AnyStep, now: number): string {
  const texts: Record<StepReport['status'], () => string> = {
    running: () => progress(step) ?? wordsOf(step).running,
    done: () => done(step),
    failed: () => wordsOf(step).running,
    skipped: () => wordsOf(step).skipped,
  }
  const text = texts[step.status]()
  const timed = step.status === 'done' || step.status === 'failed'
  const time = timed ? `  ${timeOf(step, now)}` : ''
  return `${step.step.padEnd(9)}  ${step.status.padEnd(7)}  ${text}${time}`.trimEnd()
}

/** Null if nothing is counted. */
function bar(step: AnyStep, paint: Paint): string | null {
  const text = progress(step)
  if (text === null) return null
  const filled = Math.round(shareOf(step) * barWidth)
  const line = `${'━'.repeat(filled)}${paint.dim('─'.repeat(barWidth - filled))}`
  return `${line} ${text.padEnd(wordsWidth - barWidth - 1)}`
}

/** Null if nothing is counted. */
function progress(step: AnyStep): string | null {
  const { bytes, total_bytes: total } = step
  if (step.step !== 'pull' || bytes === undefined || !total) return null
  const percent = String(Math.floor(shareOf(step) * 100)).padStart(3)
  return `${percent} %  ${formatBytes(bytes)} of ${formatBytes(total)}`
}

function shareOf({ bytes = 0, total_bytes: total = 0 }: AnyStep): number {
  return total > 0 ? Math.min(1, bytes / total) : 0
}

function done(step: AnyStep): string {
  const text = wordsOf(step).done
  if (step.step !== 'pull' || step.bytes === undefined) return text
  return step.bytes === 0 ? 'already here; nothing to download' : `${text} ${formatBytes(step.bytes)}`
}

/** Empty if it ended and its time is unknown. */
function timeOf({ status, duration_ms: took, started_at: startedAt }: AnyStep, now: number): string {
  if (took !== null) return formatDuration(took)
  return status === 'running' ? formatDuration(Math.max(0, now - Date.parse(startedAt))) : ''
}
