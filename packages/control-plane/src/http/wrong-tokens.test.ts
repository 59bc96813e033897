/** Wrong tokens are slowed down; valid ones never are. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attemptLimits } from '../identity/failed-attempts.ts'
import { testClock, type TestClock } from '../testing/test-clock.ts'
import { testControlPlane, type TestControlPlane } from '../testing/test-control-plane.ts'
import { joinToken, nodeKey } from '../testing/test-node.ts'

let clock: TestClock
let running: TestControlPlane
beforeAll(async () => {
  clock = testClock()
  running = await testControlPlane({}, clock.now)
})
afterAll(() => running[Symbol.asyncDispose]())

const wrong = `flt_${'A'.repeat(43)}`
const aDay = 24 * 60 * 60 * 1000

describe('after many wrong tokens', () => {
  test('rejects the next wrong one with a time to wait, while a right one from the same network passes at once', async () => {
    clock.advance(aDay)
    const stranger = running.as(wrong)
    for (let i = 0; i < attemptLimits.each.burst; i++) {
      expect((await stranger.get('/clouds')).body.code).toBe('TOKEN_INVALID')
    }
    const answer = await stranger.get('/clouds')
    expect(answer.status).toBe(429)
    expect(answer.body).toMatchObject({ code: 'TOO_MANY_ATTEMPTS', fix: expect.stringContaining('wait 6 s') })
    expect(answer.headers.get('retry-after')).toBe('6')
    expect((await running.as('not even a token').get('/clouds')).status).toBe(429)
    expect((await running.admin.get('/clouds')).status).toBe(200)
    clock.advance(6_000)
    expect((await stranger.get('/clouds')).status).toBe(401)
    expect((await stranger.get('/clouds')).status).toBe(429)
  })

  test('counts wrong, used and expired join tokens too, and a right one passes', async () => {
    clock.advance(aDay)
    const cloud = (await running.admin.post('/clouds', { name: 'c', provider: 'local' })).body.result
    const join = (token: string, name: string) =>
      running.as(null).post('/nodes/join', {
        token,
        name,
        checker: true,
        provider: 'local',
        public_key: nodeKey().publicKey,
      })
    const used = await joinToken(running.admin, cloud.id)
    expect((await join(used, 'node-1')).status).toBe(201)
    expect((await join(used, 'node-2')).body.code).toBe('JOIN_TOKEN_USED')
    const nobodys = `fjt_${'A'.repeat(43)}`
    for (let i = 1; i < attemptLimits.each.burst; i++) {
      expect((await join(nobodys, 'node-2')).body.code).toBe('JOIN_TOKEN_INVALID')
    }
    expect((await join(nobodys, 'node-2')).body.code).toBe('TOO_MANY_ATTEMPTS')
    expect((await join(used, 'node-2')).body.code).toBe('TOO_MANY_ATTEMPTS')
    expect((await running.as(wrong).get('/clouds')).body.code).toBe('TOO_MANY_ATTEMPTS')
    expect((await join(await joinToken(running.admin, cloud.id), 'node-2')).status).toBe(201)
  })

  test('a wrong, used or expired join token delays no writer', async () => {
    clock.advance(aDay)
    const cloud = (await running.admin.post('/clouds', { name: 'writers', provider: 'local' })).body.result
    const [used, old] = [await joinToken(running.admin, cloud.id), await joinToken(running.admin, cloud.id)]
    const undone = async () =>
      /^fairlead_store_write_seconds_count\{outcome="failed"\} (\d+)$/m.exec(
        (await running.admin.get('/-/metrics')).text,
      )?.[1]
    const join = async (token: string, name: string) => {
      const body = { token, name, checker: true, provider: 'local', public_key: nodeKey().publicKey }
      return (await running.as(null).post('/nodes/join', body)).body.code
    }
    const before = await undone()
    expect((await running.admin.post('/clouds', { name: 'writers', provider: 'local' })).status).toBe(409)
    const after = await undone()
    expect(Number(after)).toBe(Number(before ?? 0) + 1)
    expect(await join(used, 'node-3')).toBeUndefined()
    expect(await join(used, 'node-4')).toBe('JOIN_TOKEN_USED')
    expect(await join(`fjt_${'B'.repeat(43)}`, 'node-4')).toBe('JOIN_TOKEN_INVALID')
    clock.advance(16 * 60 * 1000)
    expect(await join(old, 'node-4')).toBe('JOIN_TOKEN_EXPIRED')
    expect(await undone()).toBe(after)
  })

  test('reports a missing token as such, any number of times', async () => {
    clock.advance(aDay)
    for (let i = 0; i < attemptLimits.each.burst + 5; i++) {
      expect((await running.as(null).get('/clouds')).body.code).toBe('TOKEN_MISSING')
    }
    expect((await running.as(wrong).get('/clouds')).body.code).toBe('TOKEN_INVALID')
  })

  test('a header that a proxy may set does not change the network of a request', async () => {
    clock.advance(aDay)
    const stranger = running.as(wrong)
    const headers = (i: number) => ({ 'x-forwarded-for': `10.0.0.${i}`, forwarded: `for=10.0.0.${i}` })
    for (let i = 0; i < attemptLimits.each.burst; i++) await stranger.get('/clouds', headers(i))
    expect((await stranger.get('/clouds', headers(99))).status).toBe(429)
  })
})
