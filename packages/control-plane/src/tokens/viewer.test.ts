/** S22: a viewer sees the names of env vars, and never their values in any answer. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { routeKey, routesOfThisVersion } from '../testing/access-page.ts'
import { accessTable } from '../testing/access-table.ts'
import { accessWorld, envConfig, envVarCanary, type AccessWorld } from '../testing/access-world.ts'
import { eventReader } from '../testing/event-reader.ts'
import type { Answer, Caller } from '../testing/test-control-plane.ts'

let world: AccessWorld
let token: string
let viewer: Caller

beforeAll(async () => {
  world = await accessWorld()
  token = (await world.make('/api_tokens', { name: 'viewer', role: 'viewer' })).token
  viewer = world.running.as(token)
  await world.admin.post(`/clusters/${world.clusterId}/start`, {})
})
afterAll(() => world[Symbol.asyncDispose]())

async function ask(caller: Caller, key: string): Promise<Answer> {
  const { path, body } = (await accessTable[key]?.ask(world)) ?? { path: '' }
  const [method] = key.split(' ')
  const place = path.replace(/^\/api\/v1|^(?=\/)/, (prefix) => (prefix === '' ? '/-' : ''))
  if (method === 'GET') return caller.get(place)
  return method === 'POST' ? caller.post(place, body) : caller.remove(place)
}

const keys = routesOfThisVersion()
  .map(routeKey)
  .filter((key) => key !== 'GET /api/v1/events')

test.each(keys)('S22: %s shows a viewer no env var value', async (key) => {
  const { text } = await ask(viewer, key)
  expect(text).not.toContain(envVarCanary)
})

test('S22: nor do events', async () => {
  const stream = await eventReader(world.running.plane.origin, token, { 'last-event-id': '0' })
  const seen = await stream.until(world.pullId)
  stream.close()
  expect(seen).toContain(world.buildId)
  expect(seen).not.toContain(envVarCanary)
})

test('S22: nor does a stored answer for a developer’s Idempotency-Key', async () => {
  const developer = await world.running.withRole('developer')
  const key = { 'idempotency-key': 'kept' }
  const body = { config_json: envConfig }
  const path = `/cluster_environments/${world.environment.id}/builds`
  expect((await developer.post(path, body, key)).text).toContain(envVarCanary)
  const replayed = await viewer.post(path, body, key)
  expect(replayed.body.code).toBe('ROLE_TOO_LOW')
  expect(replayed.text).not.toContain(envVarCanary)
})

test('a viewer sees the names; a caller that may change them sees the values too', async () => {
  const path = `/cluster_environment_builds/${world.buildId}`
  const shown = (await viewer.get(path)).body.result
  expect(shown.env_vars).toEqual({ GREETING: null, API_KEY: null })
  expect(shown.warnings).toMatchObject([{ code: 'ENV_VAR_LOOKS_LIKE_CREDENTIAL', path: 'env_vars.API_KEY' }])
  const developer = await world.running.withRole('developer')
  expect((await developer.get(path)).body.result.env_vars.GREETING).toBe(envVarCanary)
  const lists = ['GET /api/v1/cluster_environments', 'GET /api/v1/cluster_environment_builds']
  for (const key of lists) {
    expect((await ask(viewer, key)).text).toContain('"GREETING":null')
    expect((await ask(developer, key)).text).toContain(envVarCanary)
  }
})
