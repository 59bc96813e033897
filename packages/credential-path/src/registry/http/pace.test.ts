import { problem } from '@fairlead/contract/problems'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { atPace, leastBytes } from './pace.ts'

const stalled = () => problem('PULL_STALLED', { registry: 'registry.example.com', seconds: 1 })

/** The clock is the only input, and it advances only when a test says so. */
beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())
const pass = (ms: number): void => void vi.advanceTimersByTime(ms)

async function* pieces(count: number, bytes: number, everyMs: number): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < count; sent += 1) {
    pass(everyMs)
    yield Buffer.alloc(bytes)
  }
}

async function sizeOf(body: AsyncIterable<Uint8Array>, busyMs = 0): Promise<number> {
  let size = 0
  for await (const piece of body) {
    size += piece.length
    pass(busyMs)
  }
  return size
}

test('S9: treats an occasional byte as a stall', async () => {
  await expect(sizeOf(atPace(pieces(1000, 1, 10), 50, stalled))).rejects.toMatchObject({ code: 'PULL_STALLED' })
})

test('lets a slow but moving body through', async () => {
  expect(await sizeOf(atPace(pieces(10, leastBytes, 20), 30, stalled))).toBe(10 * leastBytes)
})

test('does not count the time of the reader as the body’s', async () => {
  expect(await sizeOf(atPace(pieces(10, 1, 0), 60, stalled), 20)).toBe(10)
})

test('closes a body that is given up', async () => {
  let isClosed = false
  async function* watched(): AsyncGenerator<Uint8Array> {
    try {
      yield* pieces(1000, 1, 5)
    } finally {
      isClosed = true
    }
  }
  await expect(sizeOf(atPace(watched(), 20, stalled))).rejects.toMatchObject({ code: 'PULL_STALLED' })
  expect(isClosed).toBe(true)
})
