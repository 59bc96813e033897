/** R10: whatever is sent, the answer is a documented response or a problem below 500, and comes promptly. */
import { ProblemDocument } from '@fairlead/contract/problems'
import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { documentOfThisVersion } from '../openapi/document-of-this-version.ts'
import { testControlPlane, type TestControlPlane } from '../testing/test-control-plane.ts'
import { nodeKey, testNode, type TestNode } from '../testing/test-node.ts'

vi.setConfig({ testTimeout: 60_000 })

const document = documentOfThisVersion()
let running: TestControlPlane
let node: TestNode
let ids: Record<string, string>

beforeAll(async () => {
  running = await testControlPlane()
  const { admin, plane } = running
  const cloud = (await admin.post('/clouds', { name: 'c', provider: 'aws', join: 'token', allow_any_secret: true }))
    .body.result
  node = await testNode(plane.origin, admin, cloud, { name: 'n' })
  const config_json = { docker_image: 'registry.example.com/app:1', ray_version: '2.55.1' }
  const environment = (await admin.post('/cluster_environments', { name: 'e', config_json })).body.result
  const cluster = (await admin.post('/clusters', { name: 'x', cluster_environment: 'e' })).body.result
  ids = {
    cloud_id: cloud.id,
    environment_id: environment.id,
    build_id: environment.latest_build.id,
    cluster_id: cluster.id,
    node_id: node.id,
  }
})
afterAll(() => running[Symbol.asyncDispose]())

const word = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 12 }),
  fc.constantFrom('e', 'e:1', 'c', '__proto__', 'constructor', '', '\u0000', 'a'.repeat(5000)),
)
const value = fc.oneof(word, fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(1e300, -1, 2 ** 60, null, true, {}, []))
const field = fc.constantFrom(
  'name',
  'provider',
  'region',
  'account_id',
  'project_id',
  'config_json',
  'docker_image',
  'ray_version',
  'env_vars',
  'registry_login_secret',
  'cloud_id',
  'reference',
  'registries',
  'role',
  'cluster_environment',
  'cluster_environment_build_id',
  'worker_count',
  'pin_digest',
  'token',
  'public_key',
  'checker',
  'callback',
  'device_code',
  'id_token',
)
const config = fc.record(
  { docker_image: word, ray_version: word, env_vars: fc.dictionary(word, value), registry_login_secret: word },
  { requiredKeys: [] },
)
const body = fc.oneof(
  fc.dictionary(fc.oneof(field, word), fc.oneof(value, config), { maxKeys: 6 }).map((fields) => JSON.stringify(fields)),
  fc.record({ name: word, config_json: config }).map((fields) => JSON.stringify(fields)),
  value.map((any) => JSON.stringify(any)),
  fc.string(),
)

const posts = [
  '/clouds',
  '/clouds/{cloud_id}/grants',
  '/clouds/{cloud_id}/join_tokens',
  '/cluster_environments',
  '/cluster_environments/{environment_id}/builds',
  '/cluster_environment_builds/{build_id}/verify',
  '/clusters',
  '/clusters/{cluster_id}/start',
  '/clusters/{cluster_id}/terminate',
  '/nodes/join',
  '/api_tokens',
  '/sign_in/browser',
  '/sign_in/browser/finish',
  '/sign_in/device/finish',
  '/sign_in/program',
]

/** The codes that the document lists for a call. */
function documentedCodes(method: 'get' | 'post', path: string, status: number): readonly string[] {
  const operation = document.paths[`/api/v1${path}`]?.[method] as
    | { responses: Record<string, { 'x-problem-codes'?: readonly string[] }> }
    | undefined
  return operation?.responses[String(status)]?.['x-problem-codes'] ?? []
}

test('any body, to any address that accepts one', async () => {
  const arbitrary = fc.tuple(fc.constantFrom(...posts), body)
  await fc.assert(
    fc.asyncProperty(arbitrary, async ([path, text]) => {
      const real = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? '')
      const answer = await running.admin.post(real, text)
      const isFine = answer.status < 300 && 'result' in answer.body
      const isRefused = answer.status >= 400 && answer.status < 500 && ProblemDocument.safeParse(answer.body).success
      expect([isFine || isRefused, answer.status, answer.text.slice(0, 300)]).toEqual([
        true,
        answer.status,
        expect.anything(),
      ])
      const documented = isFine || documentedCodes('post', path, answer.status).includes(answer.body.code)
      expect([documented, answer.body.code]).toEqual([true, answer.body.code])
    }),
    { numRuns: 400 },
  )
})

test('any path and any query', async () => {
  const lists = ['/clouds', '/cluster_environments', '/cluster_environment_builds', '/clusters', '/nodes', '/pulls']
  const names = ['count', 'paging_token', 'name', 'name_contains', 'state', 'cluster_id', 'code', 'identifier', 'wait']
  const arbitrary = fc.tuple(
    fc.constantFrom(...lists, '/cluster_environment_builds/by_identifier', '/events/x', '/nodes/me/desired_state'),
    fc.option(word),
    fc.dictionary(fc.oneof(fc.constantFrom(...names), word), word, { maxKeys: 3 }),
  )
  await fc.assert(
    fc.asyncProperty(arbitrary, async ([path, id, query]) => {
      const wellFormed = (text: string) => encodeURIComponent(text.toWellFormed()).slice(0, 4000)
      const search = Object.entries(query).map(([name, text]) => `${wellFormed(name)}=${wellFormed(text)}`)
      const answer = await running.admin.get(`${path}${id === null ? '' : `/${wellFormed(id)}`}?${search.join('&')}`)
      expect(answer.status).toBeLessThan(500)
    }),
    { numRuns: 300 },
  )
})

test('an invalid name is a documented problem, both in a list and when a machine joins', async () => {
  const list = await running.admin.get('/clouds?name=%20')
  expect(documentedCodes('get', '/clouds', list.status)).toContain(list.body.code)
  const join = {
    token: `fjt_${'A'.repeat(43)}`,
    name: ' ',
    checker: false,
    provider: 'aws',
    public_key: 'k'.repeat(43),
  }
  const joined = await running.admin.post('/nodes/join', join)
  expect(documentedCodes('post', '/nodes/join', joined.status)).toContain(joined.body.code)
})

test('a build from another cloud is a conflict with its own code, both when a cluster is created and when it starts', async () => {
  const { admin } = running
  const cloud = (await admin.post('/clouds', { name: 'other', provider: 'local', allow_any_secret: true })).body.result
  const body = { name: 'y', cluster_environment: 'e', cloud_id: cloud.id }
  expect((await admin.post('/clusters', body)).body).toMatchObject({ status: 409, code: 'BUILD_OF_OTHER_CLOUD' })
  const config_json = { docker_image: 'registry.example.com/app:1', ray_version: '2.55.1' }
  await admin.post('/cluster_environments', { name: 'e2', config_json, cloud_id: cloud.id })
  const made = await admin.post('/clusters', { name: 'z', cluster_environment: 'e' })
  const start = await admin.post(`/clusters/${made.body.result.id}/start`, { cluster_environment: 'e2' })
  expect(start.body).toMatchObject({ status: 409, code: 'BUILD_OF_OTHER_CLOUD' })
})

test('a machine from a different provider than its token is a conflict, and the token stays valid', async () => {
  const { admin } = running
  const cloud = (await admin.post('/clouds', { name: 'tokens', provider: 'local', allow_any_secret: true })).body.result
  const { token } = (await admin.post(`/clouds/${cloud.id}/join_tokens`)).body.result
  const join = { token, name: 'late', checker: false, provider: 'aws', public_key: nodeKey().publicKey }
  const refused = await admin.post('/nodes/join', join)
  expect(refused.body).toMatchObject({ status: 409, code: 'JOIN_PROVIDER_DIFFERS' })
  expect(documentedCodes('post', '/nodes/join', 409)).toContain('JOIN_PROVIDER_DIFFERS')
  expect((await admin.post('/nodes/join', { ...join, provider: 'local' })).status).toBe(201)
})

test('any report from a node', async () => {
  const arbitrary = fc.dictionary(
    fc.constantFrom('workload', 'checks', 'pulls', 'node', 'at', 'report_id', 'more'),
    value,
  )
  await fc.assert(
    fc.asyncProperty(arbitrary, async (part) => {
      expect((await node.report(part as never)).status).toBeLessThan(500)
    }),
    { numRuns: 150 },
  )
})
