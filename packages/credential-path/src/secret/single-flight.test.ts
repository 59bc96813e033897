/** R5: one read for many pulls, and what was read is forgotten later. */
import { type SecretReference } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { OnReach } from '../match/bind-to.ts'
import { Redacted } from '../match/redacted.ts'
import type { ReadSecret, SecretReader } from './secret-reader.ts'
import { singleFlight } from './single-flight.ts'

const reference: SecretReference = { provider: 'local', name: 'registry' }
const other: SecretReference = { provider: 'local', name: 'other' }
const signal = new AbortController().signal

/** Answers when the test says so. */
function heldReader() {
  const reads: { resolve: (secret: ReadSecret) => void; reject: (error: unknown) => void; fresh: boolean }[] = []
  const reader: SecretReader = {
    read: (_, { fresh = false }) => {
      const { promise, resolve, reject } = Promise.withResolvers<ReadSecret>()
      reads.push({ resolve, reject, fresh })
      return promise
    },
  }
  return { reads, reader: singleFlight(reader) }
}

function secret(version: string): ReadSecret {
  const text = new Redacted('x')
  return { login: { username: text, password: text, server: text }, version }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('R5: a node reads a secret once', () => {
  test('for all pulls that want it at the same time', async () => {
    const { reads, reader } = heldReader()
    const all = Promise.all(Array.from({ length: 50 }, () => reader.read(reference, { signal })))
    reads[0]?.resolve(secret('1'))
    expect((await all).every(({ version }) => version === '1')).toBe(true)
    expect(reads).toHaveLength(1)
  })

  test('and says to each of them how far that read got, whoever began it', async () => {
    let tell: OnReach = () => undefined
    const { promise, resolve } = Promise.withResolvers<ReadSecret>()
    const reader = singleFlight({
      read: (_, { onReach = () => undefined }) => {
        tell = onReach
        return promise
      },
    })
    const told: string[][] = [[], [], []]
    const ask = (index: number) => reader.read(reference, { signal, onReach: (reach) => told[index]?.push(reach) })
    const first = ask(0)
    tell('asked')
    const second = ask(1)
    tell('read')
    resolve(secret('1'))
    await Promise.all([first, second])
    await ask(2)
    expect(told).toEqual([
      ['asked', 'read'],
      ['asked', 'read'],
      ['asked', 'read'],
    ])
  })

  test('and another secret is another read', async () => {
    const { reads, reader } = heldReader()
    void reader.read(reference, { signal })
    void reader.read(other, { signal })
    expect(reads).toHaveLength(2)
  })

  test('a success is kept for five minutes and then forgotten', async () => {
    const { reads, reader } = heldReader()
    const first = reader.read(reference, { signal })
    reads[0]?.resolve(secret('1'))
    await first
    await vi.advanceTimersByTimeAsync(299_000)
    expect((await reader.read(reference, { signal })).version).toBe('1')
    await vi.advanceTimersByTimeAsync(2000)
    void reader.read(reference, { signal })
    expect(reads).toHaveLength(2)
  })

  test('and says of what it kept that it was not read just now', async () => {
    const { reads, reader } = heldReader()
    const first = reader.read(reference, { signal })
    reads[0]?.resolve(secret('1'))
    expect((await first).kept).toBeUndefined()
    expect((await reader.read(reference, { signal })).kept).toBe(true)
    const fresh = reader.read(reference, { signal, fresh: true })
    reads[1]?.resolve(secret('2'))
    expect((await fresh).kept).toBeUndefined()
  })

  test('a refusal is kept for ten seconds', async () => {
    const { reads, reader } = heldReader()
    const first = reader.read(reference, { signal })
    reads[0]?.reject(problem('SECRET_ACCESS_DENIED', { reference: 'registry' }))
    await expect(first).rejects.toMatchObject({ code: 'SECRET_ACCESS_DENIED' })
    await vi.advanceTimersByTimeAsync(9000)
    await expect(reader.read(reference, { signal })).rejects.toMatchObject({ code: 'SECRET_ACCESS_DENIED' })
    expect(reads).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(2000)
    void reader.read(reference, { signal })
    expect(reads).toHaveLength(2)
  })
})

describe('a refusal from before a person asked again', () => {
  const denied = problem('SECRET_ACCESS_DENIED', { reference: 'registry' })

  /** Like `Check again`, a moment after the cause of a refusal was fixed. */
  const askAgain = (reader: SecretReader, askedAt = performance.now()) => reader.read(reference, { signal, askedAt })

  async function refused(failure = denied) {
    const held = heldReader()
    const first = held.reader.read(reference, { signal })
    held.reads[0]?.reject(failure)
    await expect(first).rejects.toBe(failure)
    await vi.advanceTimersByTimeAsync(1000)
    return held
  }

  test('is no answer: the secret is read anew', async () => {
    const { reads, reader } = await refused()
    const again = askAgain(reader)
    reads[1]?.resolve(secret('2'))
    expect((await again).version).toBe('2')
    expect((await reader.read(reference, { signal })).version).toBe('2')
  })

  test('R5: is asked about once by all who ask again at once, also one after the other', async () => {
    const { reads, reader } = await refused()
    const askedAt = performance.now()
    const all = Array.from({ length: 50 }, () => askAgain(reader, askedAt))
    await vi.advanceTimersByTimeAsync(1000)
    reads[1]?.reject(denied)
    for (const again of all) await expect(again).rejects.toMatchObject({ code: 'SECRET_ACCESS_DENIED' })
    await expect(askAgain(reader, askedAt)).rejects.toMatchObject({ code: 'SECRET_ACCESS_DENIED' })
    expect(reads).toHaveLength(2)
  })

  test.each([
    problem('SECRET_MANAGER_THROTTLED', { reference: 'registry' }),
    problem('SECRET_MANAGER_FAILED', { reference: 'registry', http_status: 503 }),
    problem('NODE_IDENTITY_UNAVAILABLE', { http_status: 503 }),
  ])('R5: is one where the service asked for patience: $code', async (failure) => {
    const { reads, reader } = await refused(failure)
    await expect(askAgain(reader)).rejects.toBe(failure)
    expect(reads).toHaveLength(1)
  })

  test('is none either where it comes of a read that had begun before', async () => {
    const { reads, reader } = heldReader()
    const early = reader.read(reference, { signal })
    await vi.advanceTimersByTimeAsync(1000)
    const again = Promise.all([askAgain(reader), askAgain(reader)])
    expect(reads).toHaveLength(1)
    reads[0]?.reject(denied)
    await expect(early).rejects.toBe(denied)
    await vi.advanceTimersByTimeAsync(0)
    expect(reads).toHaveLength(2)
    reads[1]?.resolve(secret('2'))
    expect((await again).map(({ version }) => version)).toEqual(['2', '2'])
  })

  test('and what was read before is good, and costs no other read', async () => {
    const { reads, reader } = heldReader()
    const first = reader.read(reference, { signal })
    reads[0]?.resolve(secret('1'))
    await first
    await vi.advanceTimersByTimeAsync(1000)
    expect((await askAgain(reader)).version).toBe('1')
    expect(reads).toHaveLength(1)
  })
})

describe('R6: a fresh read', () => {
  test('goes past what is kept and past a read that began before it, and is shared by others like it', async () => {
    const { reads, reader } = heldReader()
    const old = reader.read(reference, { signal })
    const fresh = [reader.read(reference, { signal, fresh: true }), reader.read(reference, { signal, fresh: true })]
    expect(reads.map((read) => read.fresh)).toEqual([false, true])
    reads[1]?.resolve(secret('2'))
    expect((await Promise.all(fresh)).map(({ version }) => version)).toEqual(['2', '2'])
    reads[0]?.resolve(secret('1'))
    await old
  })

  test('is what later pulls get, even where an older read lands after it', async () => {
    const { reads, reader } = heldReader()
    const old = reader.read(reference, { signal })
    const fresh = reader.read(reference, { signal, fresh: true })
    reads[1]?.resolve(secret('2'))
    await fresh
    reads[0]?.resolve(secret('1'))
    await old
    expect((await reader.read(reference, { signal })).version).toBe('2')
  })
})

test('one caller who stops does not stop the others', async () => {
  const { reads, reader } = heldReader()
  const controller = new AbortController()
  const stopped = reader.read(reference, { signal: controller.signal })
  const waiting = reader.read(reference, { signal })
  controller.abort()
  await expect(stopped).rejects.toMatchObject({ code: 'INTERRUPTED' })
  reads[0]?.resolve(secret('1'))
  expect((await waiting).version).toBe('1')
})
