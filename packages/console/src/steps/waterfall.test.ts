import type { StepReport } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { layOut } from './waterfall.ts'

const began = Date.parse('2026-01-01T00:00:00.000Z')
const step = (name: StepReport['step'], startMs: number, ms: number | null, status: StepReport['status'] = 'done') => ({
  step: name,
  status,
  started_at: new Date(began + startMs).toISOString(),
  duration_ms: ms,
})

test('steps of several nodes share one time axis', () => {
  const drawn = layOut(
    [
      { title: 'a', steps: [step('secret', 0, 1000), step('pull', 1000, 9000)] },
      { title: 'b', steps: [step('secret', 5000, 1000)] },
    ],
    began,
  )
  expect(drawn?.totalMs).toBe(10_000)
  expect(drawn?.rows[1]?.bars).toEqual([
    { step: 'secret', status: 'done', left: 50, width: 10, startMs: 5000, ms: 1000 },
  ])
  expect(drawn?.ticks.map(({ ms }) => ms)).toEqual([0, 2000, 4000, 6000, 8000, 10_000])
})

test.each([
  [500_000, [0, 120_000, 240_000, 360_000, 480_000]],
  [100_000, [0, 20_000, 40_000, 60_000, 80_000, 100_000]],
  [900, [0, 200, 400, 600, 800]],
  [5 * 3_600_000, [0, 3_600_000, 7_200_000, 10_800_000, 14_400_000, 18_000_000]],
])('the ticks of %i ms are round seconds, minutes or hours', (ms, ticks) => {
  const drawn = layOut([{ title: 'a', steps: [step('pull', 0, ms)] }], began)
  expect(drawn?.ticks.map((tick) => tick.ms)).toEqual(ticks)
})

test('a running step extends to now, and a skipped one takes no space', () => {
  const drawn = layOut(
    [{ title: 'a', steps: [step('secret', 0, 0, 'skipped'), step('pull', 1000, null, 'running')] }],
    began + 3000,
  )
  expect(drawn?.rows[0]?.bars).toMatchObject([{ step: 'pull', left: 0, width: 100, ms: 2000 }])
})

test('steps too short to see are drawn side by side, and the long one still ends where it ended', () => {
  const drawn = layOut(
    [{ title: 'a', steps: [step('secret', 0, 1), step('match', 1, 1), step('login', 2, 1), step('pull', 3, 9997)] }],
    began,
  )
  const bars = drawn?.rows[0]?.bars ?? []
  for (const [index, { left }] of bars.entries()) {
    const before = bars[index - 1]
    expect(left).toBeGreaterThanOrEqual(before === undefined ? 0 : before.left + before.width)
  }
  const last = bars.at(-1)
  expect((last?.left ?? 0) + (last?.width ?? 0)).toBeCloseTo(100)
  expect(drawn?.rows[0]?.ms).toBe(10_000)
})

test('an interrupted step takes no time, however long ago it was', () => {
  const steps = [step('secret', 0, 1000), step('pull', 1000, null, 'running')]
  const drawn = layOut([{ title: 'a', steps, isOver: true }], began + 3_600_000)
  expect(drawn?.totalMs).toBe(1000)
})

test('draws nothing when nothing has begun', () => {
  expect(layOut([{ title: 'a', steps: [] }], began)).toBeNull()
})

test('whatever the times, keeps each bar within the picture and the ticks few', () => {
  const anyStep = fc
    .tuple(fc.nat(10_000_000), fc.option(fc.nat(10_000_000)))
    .map(([start, ms]) => step('pull', start, ms, ms === null ? 'running' : 'done'))
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 1, maxLength: 8 }), fc.nat(30_000_000), (steps, later) => {
      const drawn = layOut([{ title: 'a', steps }], began + later)
      expect(drawn?.ticks.length).toBeLessThanOrEqual(7)
      for (const { left, width } of drawn?.rows[0]?.bars ?? []) {
        expect(left).toBeGreaterThanOrEqual(0)
        expect(left + width).toBeLessThanOrEqual(100.001)
      }
    }),
  )
})
