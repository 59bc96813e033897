/** Steps as they happen: redrawn in place on a terminal, one line per change elsewhere, silent with JSON. */
import { printable } from '@fairlead/contract/problems'
import type { CliContext } from '../context.ts'
import { isLive, paintFor, type Paint } from '../terminal/paint.ts'
import { wrapped } from '../terminal/wrap.ts'
import { liveStep, plainStep, type AnyStep } from './step-text.ts'

/** The steps of one build or one node. */
export interface StepGroup {
  readonly title: string | null
  readonly steps: readonly AnyStep[]
  /** What to say while no step has begun. */
  readonly waiting?: string
}

type Show = (groups: readonly StepGroup[]) => void

/** Shows the steps of `work` until it ends: leaves the last state on the screen, with an empty line below it. */
export async function showSteps<T>(
  context: CliContext,
  flags: { readonly json?: boolean },
  work: (show: Show) => Promise<T>,
): Promise<T> {
  if (flags.json) return work(() => {})
  using board = stepBoard(context)
  return await work((groups) => board.show(groups))
}

interface StepBoard extends Disposable {
  readonly show: Show
}

export function stepBoard(context: CliContext): StepBoard {
  return isLive(context.stdout, context.env) ? new LiveBoard(context) : new PlainBoard(context)
}

class LiveBoard implements StepBoard {
  readonly #context: CliContext
  #groups: readonly StepGroup[] = []
  #drawn = 0
  #frame = 0
  readonly #ticking: { stop(): void }

  constructor(context: CliContext) {
    this.#context = context
    context.stdout.write('\u001B[?25l')
    this.#ticking = context.clock.every(100, () => {
      this.#frame++
      this.#draw()
    })
  }

  show(groups: readonly StepGroup[]): void {
    this.#groups = groups
    this.#draw()
  }

  [Symbol.dispose](): void {
    this.#ticking.stop()
    this.#draw()
    this.#context.stdout.write(`\u001B[?25h${this.#drawn > 0 ? '\n' : ''}`)
  }

  #draw(): void {
    const { stdout, env, clock } = this.#context
    const view: View = { now: clock.now(), frame: this.#frame, paint: paintFor(stdout, env), columns: stdout.columns }
    const lines = fit(this.#groups, stdout.rows - 2, view)
    const up = this.#drawn > 0 ? `\u001B[${this.#drawn}A` : ''
    // A wrapped line would count as one and be drawn as two, so none may be wider than the terminal.
    const text = lines.map((line) => `\u001B[2K${clip(line, stdout.columns)}\n`).join('')
    stdout.write(`${up}${text}\u001B[J`)
    this.#drawn = lines.length
  }
}

/** A download is reported a few times along the way. */
function quarters({ status, bytes = 0, total_bytes: total = 0 }: AnyStep): number {
  return status === 'running' && total > 0 ? Math.floor((4 * bytes) / total) : 0
}

interface View {
  readonly now: number
  readonly frame: number
  readonly paint: Paint
  readonly columns: number
}

/** Every step if there is room; else one line a group; else as many of those as fit. Lines that scroll away cannot be redrawn. */
function fit(groups: readonly StepGroup[], rows: number, view: View): string[] {
  const whole = groups.flatMap((group) => wholeGroup(group, view))
  if (whole.length <= rows) return whole
  const short = groups.map((group) => shortGroup(group, view))
  if (short.length <= rows) return short
  return [...short.slice(0, rows - 1), view.paint.dim(`  and ${short.length - rows + 1} more`)]
}

function wholeGroup(group: StepGroup, { now, frame, paint, columns }: View): string[] {
  const indent = group.title === null ? '  ' : '    '
  const title = group.title === null ? [] : [`  ${paint.bold(printable(group.title))}`]
  const steps = group.steps.map((step) => `${indent}${liveStep(step, now, frame, paint, columns - indent.length)}`)
  const text = steps.length === 0 && group.waiting ? wrapped(printable(group.waiting), columns - indent.length - 1) : []
  const waiting = text.map((line) => `${indent}${paint.dim(line)}`)
  return [...title, ...steps, ...waiting]
}

function shortGroup(group: StepGroup, { now, frame, paint }: View): string {
  const latest = group.steps.at(-1)
  const text = latest ? liveStep(latest, now, frame, paint) : paint.dim(printable(group.waiting ?? ''))
  return `  ${paint.bold(printable(group.title ?? ''))}  ${text}`
}

class PlainBoard implements StepBoard {
  readonly #context: CliContext
  readonly #printed = new Set<string>()

  constructor(context: CliContext) {
    this.#context = context
  }

  show(groups: readonly StepGroup[]): void {
    for (const group of groups) {
      const title = group.title === null ? '' : `${printable(group.title)}: `
      if (group.steps.length === 0 && group.waiting) this.#once(`${title}${group.waiting}`)
      for (const step of group.steps) this.#showStep(title, step)
    }
  }

  [Symbol.dispose](): void {
    if (this.#printed.size > 0) this.#context.stdout.write('\n')
  }

  #showStep(title: string, step: AnyStep): void {
    // A short step is reported when it ends; a long one also when it begins.
    const long = step.step === 'pull' || step.step === 'ray'
    if (step.status === 'running' && !long) return
    const key = `${title}${step.step} ${step.status} ${step.started_at} ${quarters(step)}`
    if (this.#printed.has(key)) return
    this.#printed.add(key)
    this.#context.stdout.write(`  ${title}${plainStep(step, this.#context.clock.now())}\n`)
  }

  #once(line: string): void {
    if (this.#printed.has(line)) return
    this.#printed.add(line)
    this.#context.stdout.write(`  ${line}\n`)
  }
}

/** Cuts a painted line at `columns` visible characters. */
function clip(line: string, columns: number): string {
  let visible = 0
  let result = ''
  // oxlint-disable-next-line no-control-regex -- the escape sequences that `paint` writes
  for (const [part] of line.matchAll(/\u001B\[\d+m|./gsu)) {
    if (!part.startsWith('\u001B')) visible++
    if (visible < columns || part.startsWith('\u001B')) result += part
  }
  return result
}
