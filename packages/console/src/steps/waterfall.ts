/** Where each bar of a waterfall lies: steps of several nodes on one line of time. Pure. */
import type { StepReport } from '@fairlead/contract/wire'
import { stepMs } from './step-words.ts'

export interface WaterfallGroup {
  readonly title: string
  /** What is said beside the title, such as a role. */
  readonly note?: string
  readonly steps: readonly StepReport[]
  /** Nobody takes the steps any more: how long one that runs took is not known. */
  readonly isOver?: boolean
}

export interface Bar {
  readonly step: StepReport['step']
  readonly status: StepReport['status']
  /** Of the whole width, in percent. */
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
  /** Round moments within the whole, the start among them. */
  readonly ticks: readonly { readonly ms: number; readonly left: number }[]
}

/** A bar that is too thin to be seen is made this wide, in percent. */
const thinnest = 0.4
const mostTicks = 6
const roundSteps = [1, 2, 5]

/** Null where nothing has begun. */
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

/** As long as is known: a step that was cut short takes no time. */
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

/** Steps of a node follow one another, so that short ones stand side by side and not one on the other. */
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

/** The smallest of 1, 2, 5, 10, 20, … ms with which there are few ticks. */
function tickStep(totalMs: number): number {
  for (let power = 1; ; power *= 10) {
    for (const round of roundSteps) if (totalMs / (round * power) < mostTicks) return round * power
  }
}
