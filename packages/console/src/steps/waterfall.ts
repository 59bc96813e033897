/** The position of each bar in a waterfall: steps of several nodes on one time axis. Pure. */
import type { StepReport } from '@fairlead/contract/wire'
import { stepMs } from './step-words.ts'

export interface WaterfallGroup {
  readonly title: string
  /** Text next to the title, such as a role. */
  readonly note?: string
  readonly steps: readonly StepReport[]
  /** The steps no longer continue: the duration of a running one is unknown. */
  readonly isOver?: boolean
}

export interface Bar {
  readonly step: StepReport['step']
  readonly status: StepReport['status']
  /** Percent of the full width. */
  readonly left: number
  readonly width: number
  readonly startMs: number
  readonly ms: number
}

export interface WaterfallRow {
  readonly title: string
  readonly note: string | null
  readonly bars: readonly Bar[]
  /** From its first step to its last. */
  readonly ms: number
}

export interface Waterfall {
  readonly totalMs: number
  readonly rows: readonly WaterfallRow[]
  /** Round times within the range, including the start. */
  readonly ticks: readonly { readonly ms: number; readonly left: number }[]
}

/** A bar that is too thin to see gets this width, in percent. */
const thinnest = 0.4
const hourMs = 3_600_000
const mostTicks = 6
const roundSteps = [1, 2, 5, 10, 20, 30]

/** Null if nothing has begun. */
export function layOut(groups: readonly WaterfallGroup[], now: number): Waterfall | null {
  const settled = groups.map(settle)
  const begun = settled.flatMap(({ steps }) => steps.filter(({ status }) => status !== 'skipped'))
  if (begun.length === 0) return null
  const from = Math.min(...begun.map(({ started_at }) => Date.parse(started_at)))
  const to = Math.max(...begun.map((step) => Date.parse(step.started_at) + stepMs(step, now)))
  const totalMs = Math.max(to - from, 1)
  return {
    totalMs,
    rows: settled.map(({ title, note = null, steps }) => rowOf({ title, note, steps, from, totalMs, now })),
    ticks: ticksOf(totalMs).map((ms) => ({ ms, left: (ms / totalMs) * 100 })),
  }
}

/** The duration as far as known: an interrupted step takes no time. */
function settle(group: WaterfallGroup): WaterfallGroup {
  if (group.isOver !== true) return group
  return { ...group, steps: group.steps.map((step) => ({ ...step, duration_ms: step.duration_ms ?? 0 })) }
}

interface Drawing {
  readonly title: string
  readonly note: string | null
  readonly steps: readonly StepReport[]
  readonly from: number
  readonly totalMs: number
  readonly now: number
}

/** Steps of a node follow one another, so short ones are drawn side by side and not on top of each other. */
function rowOf({ title, note, steps, from, totalMs, now }: Drawing): WaterfallRow {
  const bars: Bar[] = []
  let free = 0
  for (const step of steps) {
    if (step.status === 'skipped') continue
    const startMs = Date.parse(step.started_at) - from
    const ms = stepMs(step, now)
    const begin = Math.max((startMs / totalMs) * 100, free)
    const width = Math.max(((startMs + ms) / totalMs) * 100 - begin, thinnest)
    const left = Math.min(begin, 100 - width)
    free = left + width
    bars.push({ step: step.step, status: step.status, startMs, ms, left, width })
  }
  const [first] = bars
  const last = bars.at(-1)
  return { title, note, bars, ms: first && last ? last.startMs + last.ms - first.startMs : 0 }
}

function ticksOf(totalMs: number): number[] {
  const step = tickStep(totalMs)
  return Array.from({ length: Math.floor(totalMs / step) + 1 }, (_, index) => index * step)
}

/** The smallest step that gives few ticks: 1, 2, 5, 10, 20, … ms below a second, then round seconds, minutes, and hours, whose labels are short. */
function tickStep(totalMs: number): number {
  for (const unit of [1, 10, 100, 1000, 60_000]) {
    for (const round of roundSteps) if (totalMs / (round * unit) < mostTicks) return round * unit
  }
  return Math.ceil(totalMs / mostTicks / hourMs) * hourMs
}
