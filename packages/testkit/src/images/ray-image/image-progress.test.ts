import { array, assert, constantFrom, double, property, tuple } from 'fast-check'
import { expect, test } from 'vitest'
import { ImageProgressMeter, type ImagePhase, type ImageProgress } from './image-progress.ts'

const phases: ImagePhase[] = ['waiting', 'base', 'ray', 'pack', 'done']

test('the overall fraction stays between 0 and 1 and never decreases, whatever is reported', () => {
  const report = tuple(constantFrom(...phases), double({ min: -1, max: 3, noNaN: true }))
  assert(
    property(array(report), (reports) => {
      const told: ImageProgress[] = []
      const meter = new ImageProgressMeter((progress) => told.push(progress))
      for (const [phase, fraction] of reports) meter.report(phase, fraction)
      told.forEach(({ overall }, at) => {
        expect(overall).toBeGreaterThanOrEqual(told[at - 1]?.overall ?? 0)
        expect(overall).toBeLessThanOrEqual(1)
      })
    }),
  )
})

test('all phases together make up the whole', () => {
  const told: ImageProgress[] = []
  const meter = new ImageProgressMeter((progress) => told.push(progress))
  for (const phase of ['base', 'ray', 'pack'] as const) meter.report(phase, 1)
  expect(told.at(-1)?.overall).toBeCloseTo(1)
})
