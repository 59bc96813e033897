/** What a token limited to clouds sees and may do, beyond what route-access.test.ts verifies for every route. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accessWorld, envConfig, type AccessWorld } from '../testing/access-world.ts'
import { eventReader } from '../testing/event-reader.ts'
import type { Caller } from '../testing/test-control-plane.ts'

let world: AccessWorld
let limitedToken: string
/** An admin of only the cloud `other`. */
let limited: Caller

beforeAll(async () => {
  world = await accessWorld()
  limitedToken = (await limitedTo([world.other.id])).token
  limited = world.running.as(limitedToken)
})
afterAll(() => world[Symbol.asyncDispose]())

const limitedTo = (cloud_ids: string[]) => world.make('/api_tokens', { name: world.unique(), role: 'admin', cloud_ids })
const localConfig = { docker_image: 'registry.example.com/team/app:1', ray_version: '2.55.1' }

describe('its own work', () => {
  test('needs no cloud name if it has only one cloud', async () => {
    const made = await limited.post('/cluster_environments', { name: world.unique(), config_json: localConfig })
    expect(made.body.result.cloud_id).toBe(world.other.id)
  })

  test('needs one if it has several', async () => {
    const two = world.running.as((await limitedTo([world.other.id, world.home.id])).token)
    const answer = await two.post('/cluster_environments', { name: world.unique(), config_json: localConfig })
    expect(answer.body).toMatchObject({
      code: 'CLOUD_REQUIRED',
      detail: 'there are 2 clouds, and the request does not say which',
    })
  })

  test('in a cloud that does not exist is rejected like one out of reach', async () => {
    const ask = (cloud_id: string) =>
      limited.post('/cluster_environments', { name: world.unique(), cloud_id, config_json: localConfig })
    const invented = await ask(`cld_${'0'.repeat(26)}`)
    const foreign = await ask(world.home.id)
    expect(foreign.body).toEqual({ ...invented.body, request_id: foreign.body.request_id })
    expect(foreign.body.code).toBe('TOKEN_LIMITED_TO_CLOUDS')
  })

  test('a name used in another cloud is taken: names are unique', async () => {
    const { name } = world.environment
    const answer = await limited.post('/cluster_environments', { name, config_json: localConfig })
    expect(answer.body.code).toBe('NAME_IN_USE')
  })

  test('a cluster in its own cloud cannot use a build of another', async () => {
    const name = world.unique()
    await limited.post('/cluster_environments', { name, config_json: localConfig })
    const cluster = await limited.post('/clusters', { name: world.unique(), cluster_environment: name })
    const start = (body: object) => limited.post(`/clusters/${cluster.body.result.id}/start`, body)
    expect((await start({ cluster_environment_build_id: world.buildId })).body.code).toBe('BUILD_NOT_FOUND')
    expect((await start({ cluster_environment: world.environment.name })).body.code).toBe('CLUSTER_ENV_NOT_FOUND')
    expect((await start({})).status).toBe(202)
    expect((await limited.post(`/clusters/${cluster.body.result.id}/terminate`, {})).status).toBe(202)
  })
})

describe('lists', () => {
  test('have full pages, and only of its clouds', async () => {
    const mine: string[] = []
    for (let i = 0; i < 5; i++) {
      const name = world.unique()
      mine.unshift((await limited.post('/cluster_environments', { name, config_json: localConfig })).body.result.id)
      await world.make('/cluster_environments', {
        name: world.unique(),
        cloud_id: world.home.id,
        config_json: envConfig,
      })
    }
    const seen: string[] = []
    for (let token: string | null = ''; token !== null;) {
      const page = await limited.get(`/cluster_environments?count=2${token && `&paging_token=${token}`}`)
      seen.push(...page.body.results.map(({ id }: { id: string }) => id))
      token = page.body.metadata.next_paging_token
    }
    expect(seen.slice(0, 5)).toEqual(mine)
  })

  test('a paging token from another caller shows nothing of theirs', async () => {
    const theirs = await world.admin.get('/cluster_environments?count=1')
    const { next_paging_token: token } = theirs.body.metadata
    const page = await limited.get(`/cluster_environments?paging_token=${token}`)
    expect(new Set(page.body.results.map((item: { cloud_id: string }) => item.cloud_id))).toEqual(
      new Set([world.other.id]),
    )
  })
})

describe('tokens', () => {
  const create = (body: object) => limited.post('/api_tokens', { name: world.unique(), role: 'viewer', ...body })

  test('created by a limited admin are limited to the same clouds or fewer', async () => {
    expect((await create({ cloud_ids: [world.other.id, world.other.id] })).body.result.cloud_ids).toEqual([
      world.other.id,
    ])
    for (const body of [{}, { cloud_ids: [world.home.id] }, { cloud_ids: [world.other.id, world.home.id] }]) {
      expect((await create(body)).body.code).toBe('TOKEN_LIMITED_TO_CLOUDS')
    }
    expect((await create({ cloud_ids: [] })).body.code).toBe('REQUEST_INVALID')
  })

  test('for a cloud that does not exist are rejected', async () => {
    const body = { name: world.unique(), role: 'viewer', cloud_ids: [`cld_${'0'.repeat(26)}`] }
    expect((await world.admin.post('/api_tokens', body)).body.code).toBe('CLOUD_NOT_FOUND')
  })

  test('with more rights are neither shown to a limited admin nor revoked by one', async () => {
    const wider = await limitedTo([world.other.id, world.home.id])
    const listed = await limited.get('/api_tokens?count=100')
    expect(listed.body.results.length).toBeGreaterThan(1)
    for (const token of listed.body.results) expect(token.cloud_ids).toEqual([world.other.id])
    expect((await limited.remove(`/api_tokens/${wider.id}`)).body.code).toBe('TOKEN_NOT_FOUND')
    const narrow = await create({ cloud_ids: [world.other.id] })
    expect((await limited.remove(`/api_tokens/${narrow.body.result.id}`)).status).toBe(204)
  })

  test('show which clouds they are for', async () => {
    expect((await limited.get('/api_tokens/me')).body.result.cloud_ids).toEqual([world.other.id])
    expect((await world.admin.get('/api_tokens/me')).body.result.cloud_ids).toBeNull()
  })
})

describe('events', () => {
  test('are those of its clouds, live and replayed', async () => {
    const { origin } = world.running.plane
    const stream = await eventReader(origin, limitedToken, { 'last-event-id': '0' })
    await stream.until('hello')
    const foreign = await world.make(`/cluster_environments/${world.environment.id}/builds`, { config_json: envConfig })
    const made = await limited.post('/cluster_environments', { name: world.unique(), config_json: localConfig })
    const build = made.body.result.latest_build.id
    const seen = await stream.until(build)
    stream.close()
    for (const id of [foreign.id, world.buildId, world.clusterId, world.node.id, world.pullId]) {
      expect(seen).not.toContain(id)
    }
    const all = await eventReader(origin, world.running.plane.adminToken ?? '', { 'last-event-id': '0' })
    const told = await all.until(build)
    all.close()
    for (const id of [foreign.id, world.node.id, world.pullId]) expect(told).toContain(id)
  })

  const resetOf = async (lastEventId: string): Promise<string> => {
    const stream = await eventReader(world.running.plane.origin, limitedToken, { 'last-event-id': lastEventId })
    const text = await stream.until('reset')
    stream.close()
    return text
  }
  const buildElsewhere = () =>
    world.make(`/cluster_environments/${world.environment.id}/builds`, { config_json: envConfig })

  test('do not reveal when something happened in another cloud, nor how much, to whoever starts over', async () => {
    const all = await eventReader(world.running.plane.origin, world.running.plane.adminToken ?? '', {
      'last-event-id': '1-1',
    })
    const [, sequence, at] = /^id: (\d+)-(\d+)\nevent: reset/m.exec(await all.until('reset')) ?? []
    all.close()
    const before = await resetOf('1-1')
    expect(before).toMatch(/^id: [0-9a-f]{32}\nevent: reset$/m)
    await buildElsewhere()
    // It learns nothing of the numbers and times that it made up, either.
    for (const lost of ['1-1', `${sequence}-${at}`, `${sequence}`, '999999', '0'.repeat(32)]) {
      expect(await resetOf(lost)).toBe(before)
    }
  })

  test('have ids that do not count those of other clouds, and a reader continues after them', async () => {
    const { origin } = world.running.plane
    const stream = await eventReader(origin, limitedToken)
    await stream.until('hello')
    const make = async () =>
      (await limited.post('/cluster_environments', { name: world.unique(), config_json: localConfig })).body.result
        .latest_build.id as string
    const text = await stream.until(await make())
    stream.close()
    const ids = [...text.matchAll(/^id: (.*)$/gm)].map(([, id = '']) => id)
    expect(ids.filter((id) => !/^[0-9a-f]{32}$/.test(id))).toEqual([])
    await buildElsewhere()
    const missed = await make()
    const again = await eventReader(origin, limitedToken, { 'last-event-id': ids.at(-1) ?? '' })
    const replayed = await again.until(missed)
    again.close()
    expect(replayed).not.toContain('reset')
    expect(replayed.match(/^event: build$/gm)).toHaveLength(1)
  })

  test('of another cloud that come first do not hide its own', async () => {
    const { origin } = world.running.plane
    const stream = await eventReader(origin, limitedToken)
    await stream.until('hello')
    for (let i = 0; i < 5; i++) {
      await world.make(`/cluster_environments/${world.environment.id}/builds`, { config_json: envConfig })
    }
    const made = await limited.post('/cluster_environments', { name: world.unique(), config_json: localConfig })
    const { id } = made.body.result.latest_build
    expect((await stream.until(id)).match(/^data:/gm)).toHaveLength(1)
    stream.close()
  })
})

test('the answer to an Idempotency-Key belongs to its caller, whatever another can reach', async () => {
  const key = { 'idempotency-key': 'the-same' }
  const body = { name: world.unique(), cloud_id: world.home.id, config_json: envConfig }
  const first = await world.admin.post('/cluster_environments', body, key)
  expect(first.status).toBe(201)
  const other = await limited.post('/cluster_environments', body, key)
  expect(other.body.code).toBe('TOKEN_LIMITED_TO_CLOUDS')
  expect(other.text).not.toContain(first.body.result.id)
  expect((await world.admin.post('/cluster_environments', body, key)).body).toEqual(first.body)
})
