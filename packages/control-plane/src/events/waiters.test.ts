import { expect, test } from 'vitest'
import { Waiters } from './waiters.ts'

const never = new AbortController().signal

test('a wake ends all waits on its key at once, and no others', async () => {
  const waiters = new Waiters<string>()
  const waits = [waiters.wait('a', 10_000, never), waiters.wait('a', 10_000, never)]
  const other = waiters.wait('b', 20, never)
  waiters.wake('a')
  expect(await Promise.all(waits)).toEqual([true, true])
  expect(await other).toBe(false)
  expect(waiters.size).toBe(0)
})

test('a client that disconnects stops waiting', async () => {
  const waiters = new Waiters<string>()
  const gone = new AbortController()
  const wait = waiters.wait('a', 10_000, gone.signal)
  gone.abort()
  expect(await wait).toBe(false)
  expect(await waiters.wait('a', 10_000, gone.signal)).toBe(false)
})

test('on close all waits end, and none begin', async () => {
  const waiters = new Waiters<string>()
  const wait = waiters.wait('a', 10_000, never)
  waiters.end()
  expect(await wait).toBe(false)
  expect(await waiters.wait('a', 10_000, never)).toBe(false)
})

test('if anything may have changed, every waiter wakes, but not all at the same moment', async () => {
  const waiters = new Waiters<number>()
  const woken: number[] = []
  const started = performance.now()
  const waits = Array.from({ length: 1000 }, async (_, key) => {
    expect(await waiters.wait(key, 10_000, never)).toBe(true)
    woken.push(performance.now() - started)
  })
  waiters.wakeAll()
  await Promise.all(waits)
  expect(woken).toHaveLength(1000)
  expect(Math.max(...woken) - Math.min(...woken)).toBeGreaterThan(200)
})
