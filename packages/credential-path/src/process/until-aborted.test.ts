/** One waiter may leave; the work and the other waiters continue. */
import { setImmediate } from 'node:timers/promises'
import { problem } from '@fairlead/contract/problems'
import { expect, test } from 'vitest'
import { pause, untilAborted } from './until-aborted.ts'

test('returns the result, or the failure, of the work', async () => {
  const { signal } = new AbortController()
  expect(await untilAborted(Promise.resolve(1), signal)).toBe(1)
  await expect(untilAborted(Promise.reject(new Error('x')), signal)).rejects.toThrow('x')
})

test('releases the waiter with the reason of its signal, if that is a problem', async () => {
  const controller = new AbortController()
  const waiting = untilAborted(new Promise(() => {}), controller.signal)
  controller.abort(problem('TIMED_OUT', { seconds: 1 }))
  await expect(waiting).rejects.toMatchObject({ code: 'TIMED_OUT' })
  await expect(untilAborted(Promise.resolve(1), AbortSignal.abort())).rejects.toMatchObject({ code: 'INTERRUPTED' })
})

test('does not end the process on a failure that nothing awaits any more', async () => {
  const { promise, reject } = Promise.withResolvers<never>()
  await expect(untilAborted(promise, AbortSignal.abort())).rejects.toMatchObject({ code: 'INTERRUPTED' })
  reject(new Error('too late'))
  // vitest fails a run with an unhandled rejection, which needs a turn to appear.
  await setImmediate()
})

test('ends a pause after its time, or with the signal as a Problem', async () => {
  const controller = new AbortController()
  await pause(1, controller.signal)
  const waiting = pause(60_000, controller.signal)
  controller.abort(problem('TIMED_OUT', { seconds: 1 }))
  await expect(waiting).rejects.toMatchObject({ code: 'TIMED_OUT' })
  await expect(pause(60_000, AbortSignal.abort())).rejects.toMatchObject({ code: 'INTERRUPTED' })
})
