/** R5, P4: one read for many pulls, and what was read is forgotten again. */
import { problem, type SecretReference } from '@fairlead/contract'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Redacted } from '../login/redacted.ts'
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

describe('P4: a node reads a secret once', () => {
  test('for all pulls that want it at the same time', async () => {
    const { reads, reader } = heldReader()
    const all = Promise.all(Array.from({ length: 50 }, () => reader.read(reference, { signal })))
    reads[0]?.resolve(secret('1'))
    expect((await all).every(({ version }) => version === '1')).toBe(true)
    expect(reads).toHaveLength(1)
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
