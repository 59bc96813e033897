import { expect, test } from 'vitest'
import { Waiters } from './waiters.ts'

test('a wake ends all waits on its key at once, and no others', async () => {
  const waiters = new Waiters<string>()
  const waits = [waiters.wait('a', 10_000).woken, waiters.wait('a', 10_000).woken]
  const other = waiters.wait('b', 20).woken
  waiters.wake('a')
  expect(await Promise.all(waits)).toEqual([true, true])
  expect(await other).toBe(false)
  expect(waiters.size).toBe(0)
})

test('a wait that is stopped ends, and leaves nothing behind', async () => {
  const waiters = new Waiters<string>()
  const wait = waiters.wait('a', 10_000)
  wait.stop()
  expect(await wait.woken).toBe(false)
  expect(waiters.size).toBe(0)
})

test('on close all waits end, and none begin', async () => {
  const waiters = new Waiters<string>()
  const wait = waiters.wait('a', 10_000)
  waiters.end()
  expect(await wait.woken).toBe(false)
  expect(await waiters.wait('a', 10_000).woken).toBe(false)
})

test('if anything may have changed, every waiter wakes, but not all at the same moment', async () => {
  const waiters = new Waiters<number>()
  const woken: number[] = []
  const started = performance.now()
  const waits = Array.from({ length: 1000 }, async (_, key) => {
    expect(await waiters.wait(key, 10_000).woken).toBe(true)
    woken.push(performance.now() - started)
  })
  waiters.wakeAll()
  await Promise.all(waits)
  expect(woken).toHaveLength(1000)
  expect(Math.max(...woken) - Math.min(...woken)).toBeGreaterThan(200)
})
