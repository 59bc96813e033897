/** The API as users and programs see it, over a real socket. */
import { request } from 'node:http'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { problems } from '@fairlead/contract/problems'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testControlPlane, type Answer, type Caller, type TestControlPlane } from '../testing/test-control-plane.ts'

// Real sockets and real commits, on a machine that may be busy.
let running: TestControlPlane
let admin: Caller
let developer: Caller
let viewer: Caller
let count = 0
const unique = (name: string) => `${name}-${++count}`

beforeAll(async () => {
  running = await testControlPlane()
  admin = running.admin
  developer = await running.withRole('developer')
  viewer = await running.withRole('viewer')
})
afterAll(() => running[Symbol.asyncDispose]())

const config = { docker_image: 'registry.example.com/team/app:1', ray_version: '2.55.1' }
const makeCloud = async (part: object = {}) =>
  (await admin.post('/clouds', { name: unique('cloud'), provider: 'local', ...part })).body.result
const makeEnvironment = async (cloudId: string, part: object = {}) =>
  (
    await developer.post('/cluster_environments', {
      name: unique('env'),
      config_json: { ...config, ...part },
      cloud_id: cloudId,
    })
  ).body.result

function expectProblem(answer: Answer, code: keyof typeof problems): void {
  expect(answer.body).toMatchObject({ code, status: problems[code].status })
  expect(answer.status).toBe(problems[code].status)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.body.request_id).toBe(answer.headers.get('x-request-id'))
  // Names and problems contain text from others: browsers must not treat them as a page.
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
}

describe('access', () => {
  test('rejects a missing token and an unknown token', async () => {
    expectProblem(await running.as(null).get('/clouds'), 'TOKEN_MISSING')
    expectProblem(await running.as(`flt_${'A'.repeat(43)}`).get('/clouds'), 'TOKEN_INVALID')
    expectProblem(await running.as('nonsense').get('/clouds'), 'TOKEN_INVALID')
    expect((await running.as(null).get('/clouds')).headers.get('www-authenticate')).toBe('Bearer')
  })

  test('a viewer reads, a developer builds, an admin does everything', async () => {
    expect((await viewer.get('/clouds')).status).toBe(200)
    expectProblem(await viewer.post('/cluster_environments', {}), 'ROLE_TOO_LOW')
    expectProblem(await developer.post('/clouds', {}), 'ROLE_TOO_LOW')
    expectProblem(await developer.get('/api_tokens'), 'ROLE_TOO_LOW')
    expect((await admin.get('/api_tokens')).status).toBe(200)
    expect((await developer.get('/api_tokens/me')).body.result.role).toBe('developer')
  })

  test('rejects a revoked token', async () => {
    const made = (await admin.post('/api_tokens', { name: unique('t'), role: 'viewer' })).body.result
    const caller = running.as(made.token)
    expect((await caller.get('/clouds')).status).toBe(200)
    expect((await admin.remove(`/api_tokens/${made.id}`)).status).toBe(204)
    expectProblem(await caller.get('/clouds'), 'TOKEN_INVALID')
  })

  test('lists never contain a token’s text or hash', async () => {
    const { text } = await admin.get('/api_tokens')
    expect(text).not.toMatch(/flt_|hash/)
  })

  test('health is public, metrics are not', async () => {
    expect((await running.as(null).get('/-/healthz')).body).toEqual({ status: 'ok' })
    expect((await running.as(null).get('/-/readyz')).body).toEqual({ status: 'ok' })
    expectProblem(await running.as(null).get('/-/metrics'), 'TOKEN_MISSING')
    expect((await viewer.get('/-/metrics')).text).toContain('fairlead_clusters{state="Running"} 0')
  })
})

describe('unreadable requests', () => {
  test('not JSON, not an object, or not declared as JSON', async () => {
    expectProblem(await admin.post('/clouds', '{"name":'), 'REQUEST_MALFORMED')
    expectProblem(await admin.post('/clouds', {}, { 'content-type': 'text/plain' }), 'REQUEST_MALFORMED')
    expectProblem(await admin.post('/clouds', '[]'), 'REQUEST_INVALID')
    expectProblem(await admin.post('/clouds'), 'REQUEST_INVALID')
  })

  test('errors never quote the faulty part of a body', async () => {
    const answer = await admin.post('/clouds', '{"name": hunter2}')
    expect(answer.text).not.toContain('hunter2')
  })

  test('larger than allowed', async () => {
    expectProblem(await admin.post('/clouds', { name: 'x'.repeat(300_000) }), 'REQUEST_TOO_LARGE')
  })

  test('rejects an unknown field with the nearest known name, and does not repeat its value', async () => {
    const answer = await admin.post('/clouds', { name: 'c', provider: 'aws', regoin: 'hunter2' })
    expectProblem(answer, 'REQUEST_INVALID')
    expect(answer.body.fields).toEqual([{ path: 'regoin', detail: expect.stringContaining('did you mean region?') }])
    expect(answer.text).not.toContain('hunter2')
  })

  test('lists every faulty field', async () => {
    const answer = await admin.post('/clouds', { name: 'a b', provider: 'azure', account_id: '12' })
    expect(answer.body.fields.map((field: { path: string }) => field.path)).toEqual(['name', 'provider', 'account_id'])
    expectProblem(await admin.post('/clouds', { name: 'a b', provider: 'aws' }), 'NAME_INVALID')
  })

  test('an unknown or repeated query field, and an invented paging token', async () => {
    expectProblem(await admin.get('/clouds?nmae=x'), 'REQUEST_INVALID')
    expectProblem(await admin.get('/clouds?count=1&count=2'), 'REQUEST_INVALID')
    expectProblem(await admin.get('/clouds?count=0'), 'REQUEST_INVALID')
    expectProblem(await admin.get('/clouds?paging_token=zzz'), 'REQUEST_INVALID')
  })

  test('an unknown path or method', async () => {
    expectProblem(await admin.get('/nothing'), 'ROUTE_NOT_FOUND')
    const answer = await admin.remove('/clouds')
    expectProblem(answer, 'METHOD_NOT_ALLOWED')
    expect(answer.headers.get('allow')).toBe('POST, GET')
  })

  test('an unknown id', async () => {
    expectProblem(await admin.get('/clouds/cld_x'), 'CLOUD_NOT_FOUND')
    expectProblem(await admin.get('/cluster_environments/%00'), 'CLUSTER_ENV_NOT_FOUND')
    expectProblem(await admin.get('/cluster_environment_builds/bld_x'), 'BUILD_NOT_FOUND')
    expectProblem(await admin.get('/clusters/x'), 'CLUSTER_NOT_FOUND')
    expectProblem(await admin.get('/nodes/x'), 'NODE_NOT_FOUND')
    expectProblem(await admin.get('/pulls/x'), 'PULL_NOT_FOUND')
    expectProblem(await admin.remove('/api_tokens/x'), 'TOKEN_NOT_FOUND')
  })

  test('a Host other than its own, as in DNS rebinding', async () => {
    const statusFor = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const { port } = new URL(running.plane.origin)
        const sent = request({ host: '127.0.0.1', port, path: '/api/v1/openapi.json', headers: { host } }, (answer) => {
          answer.resume()
          resolve(answer.statusCode)
        })
        sent.on('error', reject)
        sent.end()
      })
    expect(await statusFor('evil.example.com')).toBe(421)
    expect(await statusFor('127.0.0.1.evil.example.com')).toBe(421)
    expect(await statusFor('localhost:1')).toBe(200)
  })
})

describe('clouds', () => {
  test('selects the cloud: none, one or several', async () => {
    await using fresh = await testControlPlane()
    const create = (name: string) => fresh.admin.post('/cluster_environments', { name, config_json: config })
    expectProblem(await create('e'), 'CLOUD_MISSING')
    const first = (await fresh.admin.post('/clouds', { name: 'a', provider: 'local' })).body.result
    expect((await create('e')).body.result.cloud_id).toBe(first.id)
    await fresh.admin.post('/clouds', { name: 'b', provider: 'local' })
    const answer = await create('f')
    expectProblem(answer, 'CLOUD_REQUIRED')
    expect(answer.body.detail).toContain('2 clouds')
    const other = { name: 'f', config_json: config, cloud_id: `cld_${'0'.repeat(26)}` }
    expectProblem(await fresh.admin.post('/cluster_environments', other), 'CLOUD_NOT_FOUND')
  })

  test('names are unique', async () => {
    const cloud = await makeCloud()
    expectProblem(await admin.post('/clouds', { name: cloud.name, provider: 'aws' }), 'NAME_IN_USE')
  })

  test('paging returns all of them, newest first', async () => {
    const made = []
    for (let i = 0; i < 5; i++) made.push((await makeCloud({ name: unique('paged') })).name)
    const seen: string[] = []
    for (let token: string | null = ''; token !== null;) {
      const answer: Answer = await viewer.get(`/clouds?name_contains=paged&count=2${token && `&paging_token=${token}`}`)
      expect(answer.body.results.length).toBeLessThanOrEqual(2)
      seen.push(...answer.body.results.map((cloud: { name: string }) => cloud.name))
      token = answer.body.metadata.next_paging_token
    }
    expect(new Set(seen)).toEqual(new Set(made))
    expect(seen).toHaveLength(5)
  })
})

describe('granted references (S13)', () => {
  const build = (cloudId: string, reference: string) =>
    developer.post('/cluster_environments', {
      name: unique('env'),
      config_json: { ...config, registry_login_secret: reference },
      cloud_id: cloudId,
    })

  test('allows only granted references, for the registries they serve', async () => {
    const cloud = await makeCloud({
      provider: 'aws',
      region: 'eu-west-1',
      account_id: '123456789012',
      partition: 'aws',
    })
    const refused = await build(cloud.id, 'team/docker')
    expectProblem(refused, 'REFERENCE_NOT_ALLOWED')
    expect(refused.body).toMatchObject({
      fix: expect.stringContaining('`fairlead cloud grant team/docker --registry registry.example.com`') as string,
    })
    const nowhere = { reference: 'team/', registries: ['my-registry'] }
    expectProblem(await admin.post(`/clouds/${cloud.id}/grants`, nowhere), 'REGISTRY_INVALID')
    const grant = await admin.post(`/clouds/${cloud.id}/grants`, {
      reference: 'team/',
      registries: ['registry.example.com'],
    })
    expect(grant.body.result).toMatchObject({ match: 'prefix', registries: ['registry.example.com'] })
    expect((await build(cloud.id, 'team/docker')).status).toBe(201)
    expect(
      (await build(cloud.id, 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:team/docker-AbCdEf')).status,
    ).toBe(201)
    expectProblem(await build(cloud.id, 'teams/docker'), 'REFERENCE_NOT_ALLOWED')
    expect((await viewer.get(`/clouds/${cloud.id}/grants`)).body.results).toHaveLength(1)
    expect((await admin.remove(`/clouds/${cloud.id}/grants/${grant.body.result.id}`)).status).toBe(204)
    expectProblem(await build(cloud.id, 'team/docker'), 'REFERENCE_NOT_ALLOWED')
    expectProblem(await admin.remove(`/clouds/${cloud.id}/grants/${grant.body.result.id}`), 'GRANT_NOT_FOUND')
  })

  test('a grant for one registry does not serve another', async () => {
    const cloud = await makeCloud()
    await admin.post(`/clouds/${cloud.id}/grants`, { reference: 'hub', registries: ['docker.io'] })
    expectProblem(await build(cloud.id, 'hub'), 'REFERENCE_NOT_ALLOWED')
  })

  test('revoking a grant stops the next start', async () => {
    const cloud = await makeCloud()
    const grant = (await admin.post(`/clouds/${cloud.id}/grants`, { reference: 'jfrog' })).body.result
    const built = (await build(cloud.id, 'jfrog')).body.result.latest_build
    const cluster = { name: unique('cluster'), cluster_environment_build_id: built.id }
    const made = (await developer.post('/clusters', cluster)).body.result
    await admin.remove(`/clouds/${cloud.id}/grants/${grant.id}`)
    expectProblem(await developer.post(`/clusters/${made.id}/start`), 'REFERENCE_NOT_ALLOWED')
    expectProblem(await developer.post('/clusters', { ...cluster, name: unique('c') }), 'REFERENCE_NOT_ALLOWED')
    expectProblem(await developer.post(`/cluster_environment_builds/${built.id}/verify`), 'REFERENCE_NOT_ALLOWED')
  })

  test('a cloud may allow any reference if explicitly configured', async () => {
    const cloud = await makeCloud({ allow_any_secret: true })
    expect((await build(cloud.id, 'anything')).status).toBe(201)
  })
})

describe('a pasted password (S22)', () => {
  const secret = `ghp_${'s3cretSECRET'.repeat(3)}`
  const expectNowhere = () => {
    for (const file of readdirSync(running.dataDir)) {
      expect(readFileSync(join(running.dataDir, file)).includes('s3cret'), file).toBe(false)
    }
  }

  test('is rejected as a reference and as a grant, and is not repeated, stored or logged', async () => {
    const cloud = await makeCloud({ allow_any_secret: true })
    const answers = [
      await developer.post('/cluster_environments', {
        name: unique('env'),
        config_json: { ...config, registry_login_secret: secret },
        cloud_id: cloud.id,
      }),
      await admin.post(`/clouds/${cloud.id}/grants`, { reference: secret }),
    ]
    for (const answer of answers) {
      expectProblem(answer, 'REFERENCE_LOOKS_LIKE_A_SECRET')
      expect(answer.text).not.toContain('s3cret')
    }
    expectNowhere()
  })

  test('is rejected as a tag, as an env var name, and as a resource name', async () => {
    const cloud = await makeCloud()
    const environment = (name: string, part: object = {}) =>
      developer.post('/cluster_environments', { name, config_json: { ...config, ...part }, cloud_id: cloud.id })
    const build = (await environment(unique('env'))).body.result.latest_build
    const answers: [Answer, keyof typeof problems][] = [
      [await environment(unique('env'), { docker_image: `registry.example.com/app:${secret}` }), 'IMAGE_REF_INVALID'],
      [await environment(unique('env'), { env_vars: { [secret]: '' } }), 'CONFIG_INVALID'],
      [await environment(secret), 'REQUEST_INVALID'],
      [await admin.post('/clouds', { name: secret, provider: 'local' }), 'REQUEST_INVALID'],
      [await admin.post('/api_tokens', { name: secret, role: 'viewer' }), 'REQUEST_INVALID'],
      [await developer.post('/clusters', { name: secret, cluster_environment_build_id: build.id }), 'REQUEST_INVALID'],
    ]
    for (const [answer, code] of answers) {
      expectProblem(answer, code)
      expect(answer.text).toContain('looks like a token')
      expect(answer.text).not.toContain('s3cret')
    }
    expectNowhere()
  })
})

describe('cluster environments and builds', () => {
  let cloudId: string
  beforeEach(async () => {
    cloudId = (await makeCloud()).id
  })

  test('an environment is created with its first build, which waits for a node', async () => {
    const environment = await makeEnvironment(cloudId)
    expect(environment.latest_build).toMatchObject({ revision: 1, status: 'pending', is_byod: true, problem: null })
    const found = await viewer.get(`/cluster_environment_builds/${environment.latest_build.id}`)
    expect(found.body.result).toEqual(environment.latest_build)
  })

  test('names are unique, and a failed second attempt leaves nothing behind', async () => {
    const { name } = await makeEnvironment(cloudId)
    const again = await developer.post('/cluster_environments', { name, config_json: config, cloud_id: cloudId })
    expectProblem(again, 'NAME_IN_USE')
    expect((await viewer.get(`/cluster_environments?name=${name}`)).body.results).toHaveLength(1)
  })

  test('builds are numbered without gaps, even when created concurrently', async () => {
    const { id, name } = await makeEnvironment(cloudId)
    const add = () => developer.post(`/cluster_environments/${id}/builds`, { config_json: config })
    const revisions = (await Promise.all(Array.from({ length: 8 }, add))).map((answer) => answer.body.result.revision)
    expect(new Set(revisions)).toEqual(new Set([2, 3, 4, 5, 6, 7, 8, 9]))
    expect((await viewer.get(`/cluster_environments/${id}`)).body.result.latest_build.revision).toBe(9)
    const identified = (identifier: string) =>
      viewer.get(`/cluster_environment_builds/by_identifier?identifier=${identifier}`)
    expect((await identified(name)).body.result.revision).toBe(9)
    expect((await identified(`${name}:2`)).body.result.revision).toBe(2)
    expectProblem(await identified(`${name}:10`), 'BUILD_NOT_FOUND')
    expectProblem(await identified('nobody'), 'CLUSTER_ENV_NOT_FOUND')
    expectProblem(await identified(`${name}:0`), 'REQUEST_INVALID')
    const listed = await viewer.get(`/cluster_environment_builds?cluster_environment_id=${id}&count=3`)
    expect(listed.body.results).toHaveLength(3)
  })

  test('an archived environment stays, is listed only on request, and accepts no build or cluster', async () => {
    const { id, name } = await makeEnvironment(cloudId)
    expect((await developer.post(`/cluster_environments/${id}/archive`)).body.result.archived_at).not.toBeNull()
    expect((await viewer.get(`/cluster_environments?name=${name}`)).body.results).toEqual([])
    expect((await viewer.get(`/cluster_environments?name=${name}&include_archived=true`)).body.results).toHaveLength(1)
    const build = await developer.post(`/cluster_environments/${id}/builds`, { config_json: config })
    expectProblem(build, 'CLUSTER_ENV_ARCHIVED')
    const cluster = await developer.post('/clusters', { name: unique('c'), cluster_environment: name })
    expectProblem(cluster, 'CLUSTER_ENV_ARCHIVED')
  })

  test('errors in the config have their own codes and paths', async () => {
    const create = (config_json: unknown) =>
      developer.post('/cluster_environments', { name: unique('env'), config_json, cloud_id: cloudId })
    expectProblem(await create({ ...config, docker_image: 'UPPER/x:y:z' }), 'IMAGE_REF_INVALID')
    expectProblem(await create({ ...config, docker_imgae: 'x' }), 'CONFIG_UNKNOWN_FIELD')
    expectProblem(await create({ ...config, registry_login_secret: '../x' }), 'SECRET_REF_INVALID')
    expectProblem(await create('text'), 'CONFIG_INVALID')
    expectProblem(await create({ ...config, ray_version: 2.1 }), 'CONFIG_INVALID')
  })

  test('a viewer sees the names of env vars but not their values', async () => {
    const environment = await makeEnvironment(cloudId, { env_vars: { WANDB_KEY: 'hunter2' } })
    expect(environment.latest_build.env_vars).toEqual({ WANDB_KEY: 'hunter2' })
    for (const path of [
      `/cluster_environments/${environment.id}`,
      `/cluster_environments?name=${environment.name}`,
      `/cluster_environment_builds/${environment.latest_build.id}`,
      `/cluster_environment_builds?cluster_environment_id=${environment.id}`,
      `/cluster_environment_builds/by_identifier?identifier=${environment.name}`,
    ]) {
      const answer = await viewer.get(path)
      expect(answer.status).toBe(200)
      expect(answer.text).toContain('"WANDB_KEY":null')
      expect(answer.text).not.toContain('hunter2')
    }
  })
})

describe('clusters', () => {
  test('start without nodes, terminate, and change what starts next', async () => {
    const cloud = await makeCloud()
    const environment = await makeEnvironment(cloud.id)
    const second = await developer.post(`/cluster_environments/${environment.id}/builds`, { config_json: config })
    const made = await developer.post('/clusters', {
      name: unique('cluster'),
      cluster_environment: `${environment.name}:1`,
      worker_count: 2,
    })
    expect(made.body.result).toMatchObject({ state: 'Terminated', generation: 0, worker_count: 2, pin_digest: true })
    expectProblem(
      await developer.post('/clusters', { name: made.body.result.name, cluster_environment: environment.name }),
      'NAME_IN_USE',
    )
    const path = `/clusters/${made.body.result.id}`
    const started = await developer.post(`${path}/start`)
    expect(started.status).toBe(202)
    expect(started.body.result).toMatchObject({ state: 'AwaitingStartup', problem: { code: 'NOT_ENOUGH_NODES' } })
    expect((await viewer.get(`${path}/nodes`)).body.results).toEqual([])
    expect((await viewer.get('/clusters?state=AwaitingStartup')).body.results).toHaveLength(1)
    expect((await developer.post(`${path}/terminate`)).body.result).toMatchObject({
      state: 'Terminated',
      problem: null,
    })
    expect((await developer.post(`${path}/terminate`)).body.result.state).toBe('Terminated')
    const again = await developer.post(`${path}/start`, { cluster_environment: environment.name, worker_count: 0 })
    expect(again.body.result).toMatchObject({
      generation: 2,
      worker_count: 0,
      cluster_environment_build_id: second.body.result.id,
      cluster_environment: `${environment.name}:2`,
    })
  })

  test('a cluster needs exactly one build, in its own cloud', async () => {
    const [cloud, other] = [await makeCloud(), await makeCloud()]
    const environment = await makeEnvironment(cloud.id)
    const create = (part: object) => developer.post('/clusters', { name: unique('c'), ...part })
    expectProblem(await create({}), 'REQUEST_INVALID')
    expectProblem(await create({ cluster_environment: environment.name, cloud_id: other.id }), 'BUILD_OF_OTHER_CLOUD')
    expectProblem(await create({ cluster_environment: 'nobody' }), 'CLUSTER_ENV_NOT_FOUND')
    expectProblem(await create({ cluster_environment_build_id: `bld_${'0'.repeat(26)}` }), 'BUILD_NOT_FOUND')
  })
})

describe('Idempotency-Key', () => {
  test('repeating a request returns the first answer, including a token’s secret, and creates nothing', async () => {
    const body = { name: unique('keyed'), role: 'viewer' }
    const key = { 'idempotency-key': unique('key') }
    const first = await admin.post('/api_tokens', body, key)
    const second = await admin.post('/api_tokens', body, key)
    expect([second.status, second.text]).toEqual([201, first.text])
    expect((await running.as(first.body.result.token).get('/api_tokens/me')).status).toBe(200)
    const stored = readFileSync(join(running.dataDir, 'fairlead.sqlite-wal'))
    expect(stored.includes(first.body.result.token.slice(4))).toBe(false)
  })

  test('concurrent requests create one', async () => {
    const body = { name: unique('keyed'), provider: 'local' }
    const key = { 'idempotency-key': unique('key') }
    const answers = await Promise.all(Array.from({ length: 6 }, () => admin.post('/clouds', body, key)))
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1)
  })

  test('is rejected with a different request, and belongs to its caller', async () => {
    const key = { 'idempotency-key': unique('key') }
    const cloud = await makeCloud()
    const create = (caller: Caller) =>
      caller.post('/cluster_environments', { name: unique('env'), config_json: config, cloud_id: cloud.id }, key)
    expect((await create(developer)).status).toBe(201)
    expectProblem(await create(developer), 'IDEMPOTENCY_KEY_REUSED')
    expect((await create(admin)).status).toBe(201)
  })

  test('rejections are not stored: a corrected request may reuse the key', async () => {
    const key = { 'idempotency-key': unique('key') }
    expectProblem(await admin.post('/clouds', { name: 'a b', provider: 'local' }, key), 'NAME_INVALID')
    expect((await admin.post('/clouds', { name: unique('c'), provider: 'local' }, key)).status).toBe(201)
    expectProblem(
      await admin.post('/clouds', { name: 'x', provider: 'local' }, { 'idempotency-key': 'a b' }),
      'REQUEST_INVALID',
    )
  })
})

describe('events', () => {
  test('are sent as they happen, and again from where a reader was disconnected', async () => {
    const cloud = await makeCloud()
    const { adminToken, origin } = running.plane
    const open = async (headers: Record<string, string> = {}) => {
      const cut = new AbortController()
      const answer = await fetch(`${origin}/api/v1/events`, {
        headers: { authorization: `Bearer ${adminToken}`, ...headers },
        signal: cut.signal,
      })
      expect(answer.headers.get('content-type')).toBe('text/event-stream')
      const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
      let text = ''
      return async (pattern: RegExp) => {
        while (!pattern.test(text)) {
          const { value, done } = await reader.read()
          if (done) break
          text += value
        }
        cut.abort()
        return text
      }
    }
    const readFirst = await open()
    const first = (await makeEnvironment(cloud.id)).latest_build.id
    const seen = await readFirst(new RegExp(first))
    const [, id = '', kind] = /id: (\d+-\d+)\nevent: (\w+)\ndata: \{"id":"bld_/.exec(seen) ?? []
    expect(kind).toBe('build')
    const missed = (await makeEnvironment(cloud.id)).latest_build.id
    const again = await (await open({ 'last-event-id': id }))(new RegExp(missed))
    expect(again).not.toContain(first)
    expect(again).toContain(missed)
  })

  test('S10: end for a revoked token before the next event is sent', async () => {
    const { result } = (await admin.post('/api_tokens', { name: unique('leaver'), role: 'viewer' })).body
    const answer = await fetch(`${running.plane.origin}/api/v1/events`, {
      headers: { authorization: `Bearer ${result.token}` },
    })
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toBe(': hello\n\n')
    expect((await admin.remove(`/api_tokens/${result.id}`)).status).toBe(204)
    await makeEnvironment((await makeCloud()).id)
    expect(await reader.read()).toMatchObject({ done: true })
  })
})
