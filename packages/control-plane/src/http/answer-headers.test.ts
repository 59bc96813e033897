import { afterAll, beforeAll, expect, test } from 'vitest'
import { testControlPlane, type TestControlPlane } from '../testing/test-control-plane.ts'

let running: TestControlPlane

beforeAll(async () => {
  running = await testControlPlane()
})
afterAll(() => running[Symbol.asyncDispose]())

test.each([
  ['GET', '/api/v1/clouds', 200],
  ['GET', '/api/v1/openapi.json', 200],
  ['GET', '/healthz', 200],
  ['GET', '/api/v1/clouds/cld_none', 404],
  ['GET', '/api/v1/nothing', 404],
  ['PUT', '/api/v1/clouds', 405],
  ['POST', '/api/v1/clouds', 422],
])('%s %s is not cached in transit, and browsers do not sniff its type', async (method, path, status) => {
  const answer = await fetch(`${running.plane.origin}${path}`, {
    method,
    headers: { authorization: `Bearer ${running.plane.adminToken}`, 'content-type': 'application/json' },
    ...(method !== 'GET' && { body: '{}' }),
  })
  expect(answer.status).toBe(status)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
})
