import type { StepReport } from '@fairlead/contract/wire'
import { StepReport as schema } from '@fairlead/contract/wire'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { StepRecorder } from './step-recorder.ts'

let told: (readonly StepReport[])[]
let recorder: StepRecorder
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
  told = []
  recorder = new StepRecorder((steps) => told.push(steps))
})
afterEach(() => {
  vi.useRealTimers()
})

const now = () => recorder.steps.map(({ step, status }) => `${step} ${status}`)

describe('the steps of a pull', () => {
  test('follow one another, each with its time', () => {
    recorder.begin('secret')
    vi.advanceTimersByTime(30)
    recorder.begin('match')
    expect(now()).toEqual(['secret done', 'match running'])
    expect(recorder.steps[0]?.duration_ms).toBe(30)
    expect(recorder.steps.every((step) => schema.safeParse(step).success)).toBe(true)
  })

  test('fail at the current step', () => {
    recorder.begin('secret')
    recorder.failed()
    recorder.failed()
    recorder.done()
    expect(now()).toEqual(['secret failed'])
  })

  test('restart from an earlier one, without those that followed it', () => {
    for (const step of ['secret', 'match', 'challenge'] as const) recorder.begin(step)
    recorder.begin('secret')
    expect(now()).toEqual(['secret running'])
  })

  test('count bytes, never beyond the total', () => {
    recorder.begin('pull')
    recorder.bytes(5, 10)
    recorder.bytes(15, 10)
    recorder.done()
    recorder.bytes(1, 10)
    expect(recorder.steps.at(-1)).toMatchObject({ status: 'done', bytes: 10, total_bytes: 10 })
  })

  test('are reported at most ten times a second, and the last state always', () => {
    recorder.begin('pull')
    for (let byte = 0; byte < 1000; byte++) {
      recorder.bytes(byte, 1000)
      vi.advanceTimersByTime(1)
    }
    expect(told.length).toBeLessThanOrEqual(11)
    recorder.done()
    expect(told.at(-1)).toEqual(recorder.steps)
    const count = told.length
    vi.advanceTimersByTime(1000)
    expect(told).toHaveLength(count)
  })
})
