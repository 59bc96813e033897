/** Tokens that expire. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attemptLimits } from '../identity/failed-attempts.ts'
import { testClock, type TestClock } from '../testing/test-clock.ts'
import { testControlPlane, type TestControlPlane } from '../testing/test-control-plane.ts'

const day = 24 * 60 * 60 * 1000

let clock: TestClock
let running: TestControlPlane
beforeAll(async () => {
  clock = testClock()
  running = await testControlPlane({}, clock.now)
})
afterAll(() => running[Symbol.asyncDispose]())

const inDays = (days: number) => new Date(clock.now() + days * day).toISOString()
const create = (body: object, headers?: Record<string, string>) =>
  running.admin.post('/api_tokens', { role: 'viewer', ...body }, headers)

describe('a token with an end', () => {
  test('is refused from that moment on, and says when it expired and what to do', async () => {
    const expires_at = inDays(30)
    const made = (await create({ name: 'a-month', expires_at })).body.result
    expect(made).toMatchObject({ expires_at, revoked_at: null })
    const caller = running.as(made.token)
    clock.advance(30 * day - 1)
    expect((await caller.get('/api_tokens/me')).body.result).toMatchObject({ name: 'a-month', expires_at })
    clock.advance(1)
    const refused = await caller.get('/api_tokens/me')
    expect(refused.status).toBe(401)
    expect(refused.body).toMatchObject({
      code: 'TOKEN_EXPIRED',
      detail: `the token expired at ${expires_at}`,
      fix: expect.stringContaining('Run `fairlead login` again'),
    })
    for (let i = 0; i <= attemptLimits.each.burst; i++) {
      expect((await caller.get('/clouds')).body.code, 'it is no wrong guess').toBe('TOKEN_EXPIRED')
    }
  })

  test('gives its name to a new token once it has expired, and still says that it expired', async () => {
    const first = (await create({ name: 'ci', expires_at: inDays(1) })).body.result
    expect((await create({ name: 'ci' })).body.code).toBe('NAME_IN_USE')
    clock.advance(day)
    const second = (await create({ name: 'ci', expires_at: inDays(1) })).body.result
    expect(second.id).not.toBe(first.id)
    expect((await running.as(second.token).get('/clouds')).status).toBe(200)
    expect((await running.as(first.token).get('/clouds')).body.code).toBe('TOKEN_EXPIRED')
    expect((await create({ name: 'ci' })).body.code).toBe('NAME_IN_USE')
  })

  test('that is revoked before its end is no longer known', async () => {
    const made = (await create({ name: 'leaver', expires_at: inDays(2) })).body.result
    await running.admin.remove(`/api_tokens/${made.id}`)
    expect((await running.as(made.token).get('/clouds')).body.code).toBe('TOKEN_INVALID')
    clock.advance(3 * day)
    expect((await running.as(made.token).get('/clouds')).body.code).toBe('TOKEN_INVALID')
  })

  test('is created once if it is asked for again with its idempotency key, even after the end that was asked for', async () => {
    const body = { name: 'once', expires_at: new Date(clock.now() + 60_000).toISOString() }
    const first = await create(body, { 'idempotency-key': 'k1' })
    clock.advance(120_000)
    const again = await create(body, { 'idempotency-key': 'k1' })
    expect(again).toMatchObject({ status: 201, body: first.body })
  })
})

describe('the end', () => {
  test.each([
    ['now', () => new Date(clock.now()).toISOString()],
    ['a year ago', () => inDays(-365)],
    ['more than ten years ahead', () => inDays(3654)],
    ['in the year 9999', () => '9999-12-31T23:59:59Z'],
  ])('%s is refused', async (_, expires_at) => {
    const answer = await create({ name: 'never-made', expires_at: expires_at() })
    expect([answer.status, answer.body.code]).toEqual([422, 'TOKEN_EXPIRY_REFUSED'])
  })

  test.each(['soon', '', '2027-02-30T00:00:00Z', 1_800_000_000])('%j is no time', async (expires_at) => {
    expect((await create({ name: 'never-made', expires_at })).body.code).toBe('REQUEST_INVALID')
  })

  test('is kept to the millisecond, and a token without one does not expire', async () => {
    const made = (await create({ name: 'exact', expires_at: '2030-01-01T00:00:00Z' })).body.result
    expect(made.expires_at).toBe('2030-01-01T00:00:00.000Z')
    const lasting = (await create({ name: 'lasting' })).body.result
    expect(lasting.expires_at).toBeNull()
    clock.advance(4000 * day)
    expect((await running.as(lasting.token).get('/clouds')).status).toBe(200)
    expect((await running.admin.get('/api_tokens/me')).body.result).toMatchObject({
      name: 'first-admin',
      expires_at: null,
    })
  })
})
