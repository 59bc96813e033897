/** R5: one read for many pulls, and what was read is forgotten later. */
import { canonicalReference, parseSecretReference, type SecretReference } from '@fairlead/contract/names'
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
  test('for all concurrent pulls', async () => {
    const { reads, reader } = heldReader()
    const all = Promise.all(Array.from({ length: 50 }, () => reader.read(reference, { signal })))
    reads[0]?.resolve(secret('1'))
    expect((await all).every(({ version }) => version === '1')).toBe(true)
    expect(reads).toHaveLength(1)
  })

  test('and reports to each of them how far that read got, no matter which one began it', async () => {
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

  test('and another secret separately', async () => {
    const { reads, reader } = heldReader()
    void reader.read(reference, { signal })
    void reader.read(other, { signal })
    expect(reads).toHaveLength(2)
  })

  test.each([
    [
      'version of it',
      'gcp',
      '/projects/my-project/secrets/s/versions/1',
      '/projects/my-project/secrets/s/versions/latest',
    ],
    ['way to name it', 'aws', 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:s-AbCdEf', 's'],
  ] as const)(
    'and another %s separately, since the service may answer with another secret',
    (_, provider, one, another) => {
      const { reads, reader } = heldReader()
      const here = { region: 'eu-central-1', accountId: '111122223333', projectId: 'my-project' }
      const named = [one, another].map((text) => parseSecretReference(provider, text, here))
      expect(new Set(named.map(canonicalReference)).size).toBe(1)
      for (const asked of named) void reader.read(asked, { signal })
      expect(reads).toHaveLength(2)
    },
  )

  test('and keeps a success for five minutes, then forgets it', async () => {
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

  test('and marks a kept secret as not just read', async () => {
    const { reads, reader } = heldReader()
    const first = reader.read(reference, { signal })
    reads[0]?.resolve(secret('1'))
    expect((await first).kept).toBeUndefined()
    expect((await reader.read(reference, { signal })).kept).toBe(true)
    const fresh = reader.read(reference, { signal, fresh: true })
    reads[1]?.resolve(secret('2'))
    expect((await fresh).kept).toBeUndefined()
  })

  test('and keeps a refusal for ten seconds', async () => {
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

describe('a refusal older than a new request by a person', () => {
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

  test('is not used: the secret is read again', async () => {
    const { reads, reader } = await refused()
    const again = askAgain(reader)
    reads[1]?.resolve(secret('2'))
    expect((await again).version).toBe('2')
    expect((await reader.read(reference, { signal })).version).toBe('2')
  })

  test('R5: causes one read for all who ask again at once, even one after the other', async () => {
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
  ])('R5: is used if the service asked for patience: $code', async (failure) => {
    const { reads, reader } = await refused(failure)
    await expect(askAgain(reader)).rejects.toBe(failure)
    expect(reads).toHaveLength(1)
  })

  test('is not used either if it comes from a read that had begun before', async () => {
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

  test('does not affect a secret read before, which costs no further read', async () => {
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
  test('bypasses the cache and any read that began before it, and is shared by others like it', async () => {
    const { reads, reader } = heldReader()
    const old = reader.read(reference, { signal })
    const fresh = [reader.read(reference, { signal, fresh: true }), reader.read(reference, { signal, fresh: true })]
    expect(reads.map((read) => read.fresh)).toEqual([false, true])
    reads[1]?.resolve(secret('2'))
    expect((await Promise.all(fresh)).map(({ version }) => version)).toEqual(['2', '2'])
    reads[0]?.resolve(secret('1'))
    await old
  })

  test('is what later pulls get, even if an older read finishes after it', async () => {
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

test('does not stop the others when one caller stops', async () => {
  const { reads, reader } = heldReader()
  const controller = new AbortController()
  const stopped = reader.read(reference, { signal: controller.signal })
  const waiting = reader.read(reference, { signal })
  controller.abort()
  await expect(stopped).rejects.toMatchObject({ code: 'INTERRUPTED' })
  reads[0]?.resolve(secret('1'))
  expect((await waiting).version).toBe('1')
})
