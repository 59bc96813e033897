/** R4: when a registry is asked again, and how long the pauses are. */
import { problem } from '@fairlead/contract/problems'
import { describe, expect, test } from 'vitest'
import { defaultRetry, pauseBefore, retrying } from './retry.ts'

const now = new Date('2026-11-24T12:00:00Z')
const signal = new AbortController().signal

test.each([
  ['busy: a short pause, four times as long the next time', 1, 503, null, 300],
  ['busy again', 2, 503, null, 1200],
  ['the last try', 3, 503, null, null],
  ['too many requests, in ten seconds', 1, 429, '10', 10_000],
  ['too many requests, in a minute', 1, 429, '60', 60_000],
  ['too many requests, in more than a minute: not waited for', 1, 429, '61', null],
  ['not found is an answer', 1, 404, null, null],
  ['not implemented is an answer', 1, 501, null, null],
])('%s', (_, attempt, status, retryAfter, pause) => {
  expect(pauseBefore(attempt, { status, retryAfter }, defaultRetry, now)).toBe(pause)
})

describe('a retried request', () => {
  const answers = (...statuses: (number | Error)[]) => {
    let discarded = 0
    const ask = async () => {
      const status = statuses.shift() ?? 200
      if (status instanceof Error) throw status
      return { status, header: () => null, discard: async () => void (discarded += 1) }
    }
    return { ask, left: statuses, discarded: () => discarded }
  }
  const quick = { ...defaultRetry, pauseMs: 1 }

  test('drops bodies it does not read, and returns the last answer', async () => {
    const { ask, discarded } = answers(503, 502, 500, 200)
    expect((await retrying(ask, quick, signal)).status).toBe(500)
    expect(discarded()).toBe(2)
  })

  test('reports each retry', async () => {
    let told = 0
    await retrying(answers(503, 200).ask, { ...quick, onRetry: () => told++ }, signal)
    expect(told).toBe(1)
    await retrying(answers(200).ask, { ...quick, onRetry: () => told++ }, signal)
    expect(told).toBe(1)
  })

  test('treats a lost connection like a busy answer', async () => {
    const lost = problem('REGISTRY_UNREACHABLE', { registry: 'registry.example.com' })
    expect((await retrying(answers(lost, 200).ask, quick, signal)).status).toBe(200)
    await expect(retrying(answers(lost, lost, lost).ask, quick, signal)).rejects.toBe(lost)
  })

  test.each([
    problem('REGISTRY_TIMEOUT', { registry: 'registry.example.com', seconds: 30 }),
    problem('PULL_STALLED', { registry: 'registry.example.com', seconds: 30 }),
  ])('R4: is sent once more after silence, and not a third time ($code)', async (silence) => {
    expect((await retrying(answers(silence, 200).ask, quick, signal)).status).toBe(200)
    const { ask, left } = answers(silence, silence, 200)
    await expect(retrying(ask, quick, signal)).rejects.toBe(silence)
    expect(left).toEqual([200])
  })

  test('is not sent again if the certificate is wrong', async () => {
    const wrong = problem('REGISTRY_TLS', { registry: 'registry.example.com' })
    const { ask, left } = answers(wrong, 200)
    await expect(retrying(ask, quick, signal)).rejects.toBe(wrong)
    expect(left).toHaveLength(1)
  })

  test('ends its pause when the caller stops', async () => {
    const work = retrying(answers(503).ask, { ...defaultRetry, pauseMs: 60_000 }, AbortSignal.timeout(20))
    await expect(work).rejects.toMatchObject({ code: 'INTERRUPTED' })
  })
})
