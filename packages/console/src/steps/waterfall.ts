/** Where each bar of a waterfall lies: steps of several nodes on one line of time. Pure. */
import type { StepReport } from '@fairlead/contract'
import { stepMs } from './step-words.ts'

export interface WaterfallGroup {
  readonly title: string
  readonly steps: readonly StepReport[]
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

export interface Waterfall {
  readonly totalMs: number
  readonly rows: readonly { readonly title: string; readonly bars: readonly Bar[] }[]
  /** Round moments within the whole, the start among them. */
  readonly ticks: readonly { readonly ms: number; readonly left: number }[]
}

/** A bar that is too thin to be seen is made this wide, in percent. */
const thinnest = 0.4
const mostTicks = 6
const roundSteps = [1, 2, 5]

/** Null where nothing has begun. */
export function layOut(groups: readonly WaterfallGroup[], now: number): Waterfall | null {
  const begun = groups.flatMap(({ steps }) => steps.filter(({ status }) => status !== 'skipped'))
  if (begun.length === 0) return null
  const from = Math.min(...begun.map(({ started_at }) => Date.parse(started_at)))
  const to = Math.max(...begun.map((step) => Date.parse(step.started_at) + stepMs(step, now)))
  const totalMs = Math.max(to - from, 1)
  const percent = (ms: number) => (ms / totalMs) * 100
  return {
    totalMs,
    rows: groups.map(({ title, steps }) => ({
      title,
      bars: steps
        .filter(({ status }) => status !== 'skipped')
        .map((step): Bar => {
          const startMs = Date.parse(step.started_at) - from
          const ms = stepMs(step, now)
          const width = Math.max(percent(ms), thinnest)
          return {
            step: step.step,
            status: step.status,
            startMs,
            ms,
            left: Math.min(percent(startMs), 100 - width),
            width,
          }
        }),
    })),
    ticks: ticksOf(totalMs).map((ms) => ({ ms, left: percent(ms) })),
  }
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
