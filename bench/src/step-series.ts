/** The steps of several pulls as table rows: how long each took. */
import type { StepReport } from '@fairlead/contract/wire'
import type { Series } from './benchmark.ts'

export function stepSeries(runs: readonly (readonly StepReport[])[]): Series[] {
  const names = [...new Set(runs.flat().map(({ step }) => step))]
  return names.map((name) => ({
    name: `step ${name}`,
    unit: 'ms',
    values: runs.map((steps) => steps.find(({ step }) => step === name)?.duration_ms ?? 0),
  }))
}
