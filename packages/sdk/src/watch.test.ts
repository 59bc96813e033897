import { isProblem, problem } from '@fairlead/contract/problems'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watch } from './watch.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const away = () => problem('CONTROL_PLANE_UNREACHABLE', { host: 'fairlead.example.com' })

function watching(read: () => Promise<string>, signal = new AbortController().signal) {
  const changes = async function* () {}
  return watch({ read, changes, concerns: () => true, pollMs: 500, signal })
}

test('a watch outlasts a restart of the control plane', async () => {
  const answers = ['one', ...Array.from({ length: 10 }, away), 'two']
  const watched = watching(async () => {
    const answer = answers.shift()
    if (isProblem(answer)) throw answer
    return answer ?? 'no more'
  })
  expect(await watched.next()).toMatchObject({ value: 'one' })
  const next = watched.next()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(await next).toMatchObject({ value: 'two' })
})

test('a watch gives up when the control plane stays away', async () => {
  const ended = watching(async () => {
    throw away()
  })
    .next()
    .catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(120_000)
  expect(await ended).toMatchObject({ code: 'CONTROL_PLANE_UNREACHABLE' })
})

test('a watch ends at once with a problem that waiting does not fix', async () => {
  const watched = watching(async () => {
    throw problem('TOKEN_INVALID')
  })
  await expect(watched.next()).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
})

test('an abort ends a watch while the control plane is away', async () => {
  const enough = new AbortController()
  const ended = watching(async () => {
    throw away()
  }, enough.signal)
    .next()
    .catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(1000)
  enough.abort(new Error('enough'))
  expect(await ended).toMatchObject({ message: 'enough' })
})
