/** Administrators' acts are recorded together with the act itself, and the record cannot be removed. */
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AuditAct, AuditEvent } from '@fairlead/contract/wire'
import { databasePath } from '../store/data-dir.ts'
import { routeKey, routesOfThisVersion } from '../testing/access-page.ts'
import { accessTable } from '../testing/access-table.ts'
import { accessWorld, envVarCanary, type AccessWorld } from '../testing/access-world.ts'
import { testClock } from '../testing/test-clock.ts'
import { testControlPlane, type Answer, type Caller } from '../testing/test-control-plane.ts'

let world: AccessWorld
let admin: Caller
beforeAll(async () => {
  world = await accessWorld()
  admin = world.admin
})
afterAll(() => world[Symbol.asyncDispose]())

const auditOf = async (query = '', caller = admin): Promise<AuditEvent[]> =>
  (await caller.get(`/audit_events?count=100${query}`)).body.results

describe('an act', () => {
  const audited = routesOfThisVersion().filter((route) => route.audit !== null)

  test.each(audited.map((route) => [routeKey(route), route] as const))('by %s is recorded once', async (key, route) => {
    const { path, body } = (await accessTable[key]?.ask(world)) ?? { path: '' }
    const place = path.replace('/api/v1', '')
    const before = await auditOf(`&act=${route.audit}`)
    const answer: Answer = await (route.method === 'post' ? admin.post(place, body) : admin.remove(place))
    expect(answer.status).toBe(route.status)
    const [event, ...rest] = await auditOf(`&act=${route.audit}`)
    expect(rest).toEqual(before)
    const me = (await admin.get('/api_tokens/me')).body.result
    expect(event).toMatchObject({
      act: route.audit,
      outcome: 'done',
      token_id: me.id,
      token_name: me.name,
      role: 'admin',
      request_id: answer.headers.get('x-request-id'),
    })
    const ids = place.match(/[a-z]{3,5}_[0-9a-z]{26}/g) ?? []
    const made = answer.body?.result.id
    expect(new Set(event?.resource_ids)).toEqual(new Set(made === undefined ? ids : [...ids, made]))
    const ofToken = route.audit?.startsWith('token.') ?? false
    const ofCloud: Partial<Record<AuditAct, string | undefined>> = { 'cloud.create': made, 'cloud.delete': ids[0] }
    expect(event?.cloud_id).toBe(ofToken ? null : ((route.audit && ofCloud[route.audit]) ?? world.home.id))
  })

  test('that cannot be recorded is not done', async () => {
    await using running = await testControlPlane()
    using database = new DatabaseSync(databasePath(running.dataDir))
    database.exec("create trigger full before insert on audit_events begin select raise(abort, 'no'); end")
    expect((await running.admin.post('/clouds', { name: 'unseen', provider: 'local' })).status).toBe(500)
    database.exec('drop trigger full')
    expect((await running.admin.get('/clouds')).body.results).toEqual([])
  })

  test('that failed leaves no row, and nothing else', async () => {
    const before = await auditOf()
    expect((await admin.post('/clouds', { name: 'home', provider: 'local' })).status).toBe(409)
    expect((await admin.post(`/nodes/node_${'0'.repeat(26)}/revoke`, {})).status).toBe(404)
    expect(await auditOf()).toEqual(before)
  })

  test('that is answered from an Idempotency-Key was done once, and is recorded once', async () => {
    const body = { name: world.unique(), role: 'viewer' }
    const key = { 'idempotency-key': 'audit' }
    const before = await auditOf('&act=token.create')
    await admin.post('/api_tokens', body, key)
    await admin.post('/api_tokens', body, key)
    expect(await auditOf('&act=token.create')).toHaveLength(before.length + 1)
  })

  test('is described by ids and enumerations: no token, no reference, no value', async () => {
    const { text } = await admin.get('/audit_events?count=100')
    expect(text).not.toMatch(/flt_|fjt_/)
    expect(text).not.toContain(envVarCanary)
    expect(text).not.toContain('team/')
  })

  test('the first admin is recorded without an actor: anyone who can start the control plane can make one', async () => {
    await using fresh = await testControlPlane()
    const [event, ...rest] = await auditOf('', fresh.admin)
    expect(rest).toEqual([])
    expect(event).toMatchObject({ act: 'token.create', token_id: null, role: null, request_id: null })
  })
})

describe('a rejected act', () => {
  test('is recorded once an hour for each token and act', async () => {
    const clock = testClock()
    await using running = await testControlPlane({}, clock.now)
    const developer = await running.withRole('developer')
    const attempt = async () => {
      expect((await developer.post('/clouds', { name: 'x', provider: 'local' })).body.code).toBe('ROLE_TOO_LOW')
      return auditOf('&act=cloud.create', running.admin)
    }
    const [first] = await attempt()
    expect(first).toMatchObject({ outcome: 'ROLE_TOO_LOW', role: 'developer', resource_ids: [], cloud_id: null })
    expect(await attempt()).toHaveLength(1)
    await developer.remove(`/api_tokens/${first?.token_id}`)
    expect(await auditOf('&act=token.revoke', running.admin)).toMatchObject([
      { outcome: 'ROLE_TOO_LOW', resource_ids: [first?.token_id] },
    ])
    clock.advance(60 * 60 * 1000)
    expect(await attempt()).toHaveLength(2)
  })

  test('is recorded even if the token is limited to clouds', async () => {
    const { token } = await world.make('/api_tokens', { name: 'team', role: 'admin', cloud_ids: [world.other.id] })
    await world.running.as(token).post('/clouds', { name: 'x', provider: 'local' })
    expect((await auditOf('&act=cloud.create'))[0]).toMatchObject({
      outcome: 'TOKEN_LIMITED_TO_CLOUDS',
      token_name: 'team',
    })
  })
})

describe('the list', () => {
  test('is filtered by act and token, and paginated', async () => {
    const me = (await admin.get('/api_tokens/me')).body.result.id
    expect((await auditOf(`&token_id=${me}`)).every((event) => event.token_id === me)).toBe(true)
    expect(await auditOf(`&token_id=tok_${'0'.repeat(26)}`)).toEqual([])
    expect((await admin.get('/audit_events?act=everything')).body.code).toBe('REQUEST_INVALID')
    const page = await admin.get('/audit_events?count=2')
    const next = await admin.get(`/audit_events?count=2&paging_token=${page.body.metadata.next_paging_token}`)
    const all = await auditOf()
    expect([...page.body.results, ...next.body.results]).toEqual(all.slice(0, 4))
  })

  test('shows an admin limited to one cloud what was done there', async () => {
    const { token } = await world.make('/api_tokens', { name: 'home', role: 'admin', cloud_ids: [world.home.id] })
    const events = await auditOf('', world.running.as(token))
    expect(events.length).toBeGreaterThan(3)
    expect(new Set(events.map((event) => event.cloud_id))).toEqual(new Set([world.home.id]))
  })
})
