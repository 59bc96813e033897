import { array, assert, constantFrom, double, property, tuple } from 'fast-check'
import { expect, test } from 'vitest'
import { imageProgress, type ImagePhase } from './image-progress.ts'

const phases: ImagePhase[] = ['base', 'ray', 'pack']

test('the fraction stays between 0 and 1 and never decreases, whatever is reported', () => {
  const report = tuple(constantFrom(...phases), double({ min: -1, max: 3, noNaN: true }))
  assert(
    property(array(report), (reports) => {
      const told: number[] = []
      const tell = imageProgress((fraction) => told.push(fraction))
      for (const [phase, fraction] of reports) tell(phase, fraction)
      told.forEach((fraction, at) => {
        expect(fraction).toBeGreaterThanOrEqual(told[at - 1] ?? 0)
        expect(fraction).toBeLessThanOrEqual(1)
      })
    }),
  )
})

test('all phases together make up the whole', () => {
  const told: number[] = []
  const tell = imageProgress((fraction) => told.push(fraction))
  for (const phase of phases) tell(phase, 1)
  expect(told.at(-1)).toBeCloseTo(1)
})
