/** How a machine joins by token, over a real socket. */
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databasePath } from '../store/data-dir.ts'
import { testClock } from '../testing/test-clock.ts'
import { testControlPlane } from '../testing/test-control-plane.ts'
import { TestFleet, unique } from '../testing/test-fleet.ts'
import { joinToken, nodeKey } from '../testing/test-node.ts'

// Real sockets and real commits, on a machine that may be busy.
let fleet: TestFleet
beforeAll(async () => {
  fleet = await TestFleet.start()
})
afterAll(() => fleet[Symbol.asyncDispose]())

describe('joining', () => {
  const request = (origin: string, body: object) =>
    fetch(`${origin}/api/v1/nodes/join`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const joinBody = (token: string, part: object = {}) => ({
    token,
    name: unique('node'),
    checker: false,
    provider: 'local',
    public_key: nodeKey().publicKey,
    ...part,
  })

  test('of two machines with one token, one joins, and the other learns which', async () => {
    const cloud = await fleet.makeCloud()
    const token = await joinToken(fleet.running.admin, cloud.id)
    const answers = await Promise.all(
      ['first', 'second'].map((name) => request(fleet.running.plane.origin, joinBody(token, { name: unique(name) }))),
    )
    expect(answers.map((answer) => answer.status).sort((a, b) => a - b)).toEqual([201, 409])
    const loser = answers.find((answer) => answer.status === 409)
    expect(await loser?.json()).toMatchObject({
      code: 'JOIN_TOKEN_USED',
      detail: expect.stringMatching(/by node (first|second)-/),
    })
  })

  test('S18: creates no token for a cloud whose machines prove their identity, and accepts none created before', async () => {
    const place = { provider: 'aws', region: 'eu-central-1', account_id: '111122223333' }
    const cloud = (await fleet.running.admin.post('/clouds', { name: unique('cloud'), ...place, join: 'token' })).body
      .result
    const before = await joinToken(fleet.running.admin, cloud.id)
    using database = new DatabaseSync(databasePath(fleet.running.dataDir))
    database.prepare('update clouds set "join" = \'proof\' where id = ?').run(cloud.id)
    expect((await fleet.running.admin.post(`/clouds/${cloud.id}/join_tokens`, {})).body.code).toBe('JOIN_BY_PROOF')
    const request = {
      token: before,
      name: unique('node'),
      checker: true,
      provider: 'aws',
      public_key: nodeKey().publicKey,
    }
    expect((await fleet.running.as(null).post('/nodes/join', request)).body.code).toBe('JOIN_BY_PROOF')
  })

  test('rejects an invented token', async () => {
    const answer = await request(fleet.running.plane.origin, joinBody(`fjt_${'A'.repeat(43)}`))
    expect(await answer.json()).toMatchObject({ code: 'JOIN_TOKEN_INVALID', status: 401 })
  })

  test('S10: when a token is revoked, the join tokens that it created end, and no others', async () => {
    const cloud = await fleet.makeCloud()
    const { id, token } = (await fleet.running.admin.post('/api_tokens', { name: unique('stolen'), role: 'admin' }))
      .body.result
    const [used, unused] = [
      await joinToken(fleet.running.as(token), cloud.id),
      await joinToken(fleet.running.as(token), cloud.id),
    ]
    const another = await joinToken(fleet.running.admin, cloud.id)
    const { origin } = fleet.running.plane
    expect((await request(origin, joinBody(used))).status).toBe(201)
    expect((await fleet.running.admin.remove(`/api_tokens/${id}`)).status).toBe(204)
    const answers = await Promise.all([used, unused, another].map((text) => request(origin, joinBody(text))))
    expect(await Promise.all(answers.map((answer) => answer.json()))).toMatchObject([
      { code: 'JOIN_TOKEN_USED' },
      { code: 'JOIN_TOKEN_EXPIRED' },
      { result: {} },
    ])
  })

  test('S10: a token lasts fifteen minutes, and so does the session of a node', async () => {
    const aQuarter = 15 * 60 * 1000
    const clock = testClock(Date.now())
    await using running = await testControlPlane({}, clock.now)
    const cloud = (await running.admin.post('/clouds', { name: 'c', provider: 'local' })).body.result
    const good = await joinToken(running.admin, cloud.id)
    const late = await joinToken(running.admin, cloud.id)
    clock.advance(aQuarter - 1)
    const joined = (await (await request(running.plane.origin, joinBody(good))).json()) as {
      result: { session: { expires_at: string } }
    }
    expect(Date.parse(joined.result.session.expires_at)).toBe(clock.now() + aQuarter)
    clock.advance(1)
    const refused = await request(running.plane.origin, joinBody(late))
    expect(await refused.json()).toMatchObject({ code: 'JOIN_TOKEN_EXPIRED' })
  })

  test('a token rejected for another reason stays usable', async () => {
    const cloud = await fleet.makeCloud()
    const token = await joinToken(fleet.running.admin, cloud.id)
    const wrong = await request(fleet.running.plane.origin, joinBody(token, { provider: 'aws' }))
    expect(wrong.status).toBe(409)
    expect((await request(fleet.running.plane.origin, joinBody(token))).status).toBe(201)
  })

  test('S9: a client without a token has no more read than a join needs', async () => {
    const answer = await request(
      fleet.running.plane.origin,
      joinBody(`fjt_${'A'.repeat(43)}`, { more: 'x'.repeat(4096) }),
    )
    expect(await answer.json()).toMatchObject({ code: 'REQUEST_TOO_LARGE', status: 413 })
  })

  test('the part of a token after the dot is for the node, not for us', async () => {
    const cloud = await fleet.makeCloud()
    const token = await joinToken(fleet.running.admin, cloud.id)
    expect((await request(fleet.running.plane.origin, joinBody(`${token}.${'0'.repeat(64)}`))).status).toBe(201)
  })
})
