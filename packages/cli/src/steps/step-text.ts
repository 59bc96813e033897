/** The steps of the credential path and of a start, in words. */
import type { StepName, StepReport } from '@fairlead/contract'
import type { Paint } from '../terminal/paint.ts'
import { formatBytes, formatDuration } from '../terminal/units.ts'

/** While it runs, and when it is done. */
const words: Record<StepName, readonly [running: string, done: string]> = {
  secret: ["reading the secret, as the node's own identity", "secret read, as the node's own identity"],
  match: ["comparing the secret's server with the registry", 'the secret is for the registry of the image'],
  challenge: ['asking the registry how to log in', 'it asks for the login at a trusted place'],
  login: ['logging in', 'logged in'],
  resolve: ['looking up the image', 'image found, and this login may pull it'],
  pull: ['pulling', 'pulled'],
  start: ['starting the container', 'container started'],
  ray: ['waiting for Ray', 'Ray is up'],
}

export const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const

const barWidth = 20
const wordsWidth = Math.max(
  ...Object.values(words)
    .flat()
    .map((text) => text.length),
)

/** One step on a terminal; `frame` turns the spinner. */
export function liveStep(step: StepReport, now: number, frame: number, paint: Paint): string {
  const name = step.step.padEnd(9)
  const time = paint.dim(formatDuration(elapsed(step, now)).padStart(8))
  const turning = spinner[frame % spinner.length] ?? '-'
  const texts: Record<StepReport['status'], () => string> = {
    running: () => `${paint.cyan(turning)} ${paint.bold(name)}  ${running(step, paint)}  ${time}`,
    done: () => `${paint.green('✓')} ${name}  ${done(step).padEnd(wordsWidth)}  ${time}`,
    failed: () =>
      `${paint.red('✗')} ${paint.bold(name)}  ${paint.red(words[step.step][0].padEnd(wordsWidth))}  ${time}`,
    skipped: () => paint.dim(`- ${name}  not needed`),
  }
  return texts[step.status]()
}

/** One step on a plain line. */
export function plainStep(step: StepReport, now: number): string {
  const texts: Record<StepReport['status'], () => string> = {
    running: () => progress(step) ?? words[step.step][0],
    done: () => done(step),
    failed: () => words[step.step][0],
    skipped: () => 'not needed',
  }
  const text = texts[step.status]()
  const timed = step.status === 'done' || step.status === 'failed'
  const time = timed ? `  ${formatDuration(elapsed(step, now))}` : ''
  return `${step.step.padEnd(9)}  ${step.status.padEnd(7)}  ${text}${time}`
}

function running(step: StepReport, paint: Paint): string {
  const text = progress(step)
  if (text === null) return words[step.step][0].padEnd(wordsWidth)
  const filled = Math.round(shareOf(step) * barWidth)
  const bar = `${'━'.repeat(filled)}${paint.dim('─'.repeat(barWidth - filled))}`
  return `${bar} ${text.padEnd(wordsWidth - barWidth - 1)}`
}

/** Null where nothing is counted. */
function progress(step: StepReport): string | null {
  const { bytes, total_bytes: total } = step
  if (step.step !== 'pull' || bytes === undefined || !total) return null
  const percent = String(Math.floor(shareOf(step) * 100)).padStart(3)
  return `${percent} %  ${formatBytes(bytes)} of ${formatBytes(total)}`
}

function shareOf({ bytes = 0, total_bytes: total = 0 }: StepReport): number {
  return total > 0 ? Math.min(1, bytes / total) : 0
}

function done(step: StepReport): string {
  const text = words[step.step][1]
  if (step.step !== 'pull' || step.bytes === undefined) return text
  return step.bytes === 0 ? 'already here; nothing to download' : `${text} ${formatBytes(step.bytes)}`
}

function elapsed(step: StepReport, now: number): number {
  return step.duration_ms ?? Math.max(0, now - Date.parse(step.started_at))
}
