import { isProblem, problem, ServedProblem } from '@fairlead/contract/problems'
import { ApiDocument } from '@fairlead/contract/wire'
import { once } from 'node:events'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maximumAttempts } from './backoff.ts'
import type { Fetch } from './fetch.ts'
import { build, cloud, cluster, clusterNode, pageOf, problemDocument } from './scripted-resources.ts'
import { scriptedServer } from './scripted-server.ts'
import { Transport } from './transport.ts'

const systemError = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) })

describe('a call', () => {
  test('carries the token, follows no redirect, and returns the parsed answer', async () => {
    const { client, sent } = scriptedServer([{ json: { result: { ...cloud, unknown_to_us: 1 } } }])
    expect(await client.clouds.get(cloud.id)).toEqual(cloud)
    expect(sent[0]).toMatchObject({
      url: `https://fairlead.example.com/api/v1/clouds/${cloud.id}`,
      headers: { authorization: 'Bearer flt_canary' },
      redirect: 'manual',
    })
  })

  test('is on its way before the schema of its answer is made', async () => {
    const { fetch, sent } = scriptedServer([{ json: 'an answer' }])
    const transport = new Transport({ host: 'https://fairlead.example.com', fetch })
    const sentBefore = Promise.withResolvers<number>()
    const answer = async () => {
      sentBefore.resolve(sent.length)
      return ApiDocument
    }
    await transport.get('/clouds', answer).catch(() => null)
    expect(await sentBefore.promise).toBe(1)
  })

  test('keeps an id in its place in the path', async () => {
    const { client, sent } = scriptedServer([{ json: { result: cloud } }])
    await client.clouds.get('../api_tokens?x=#')
    expect(sent[0]?.url).toBe('https://fairlead.example.com/api/v1/clouds/..%2Fapi_tokens%3Fx%3D%23')
  })

  test.each([
    ['not JSON', { text: '<html>' }],
    ['another shape', { json: { result: { id: 1 } } }],
    ['nothing', { text: '' }],
    ['a redirect', { status: 302, headers: { location: 'https://evil.example.com' } }],
    ['an error that is no problem', { status: 500, text: 'oops' }],
    ['more than we read', { text: `"${'a'.repeat(17 * 1024 * 1024)}"` }],
  ])('%s is CONTROL_PLANE_ANSWER_INVALID', async (_name, answer) => {
    const { client } = scriptedServer(() => answer)
    await expect(client.clouds.get(cloud.id)).rejects.toMatchObject({ code: 'CONTROL_PLANE_ANSWER_INVALID' })
  })

  test.each([502, 503, 504, 429])(
    'a page of a proxy with status %i is a problem that names the status',
    async (status) => {
      const { client, sent } = scriptedServer(() => ({ status, text: '<html>' }))
      await expect(client.clouds.get(cloud.id)).rejects.toMatchObject({
        code: 'CONTROL_PLANE_UNAVAILABLE',
        facts: { host: 'fairlead.example.com', http_status: status },
      })
      expect(sent).toHaveLength(maximumAttempts)
    },
  )

  test('keeps the words of a problem from a newer server, wherever it appears', async () => {
    const newer = problemDocument('TEAPOT', 418)
    const { client } = scriptedServer([
      { status: 418, json: newer },
      { json: { result: { ...cluster, problem: newer, nodes: [{ ...clusterNode, warnings: ['KETTLE'] }] } } },
      { json: { result: { ...build, warnings: [{ code: 'SPOUT', path: 'x', detail: 'y' }] } } },
    ])
    const known = { code: 'PROBLEM_UNKNOWN', fix: 'the fix that the server gave' }
    await expect(client.clouds.get(cloud.id)).rejects.toMatchObject({ ...known, what: 'what the server said' })
    const read = await client.clusters.get(cluster.id)
    expect(read.problem).toMatchObject({ ...known, type: 'https://fairlead.dev/problems/TEAPOT' })
    expect(read.nodes[0]?.warnings).toEqual(['PROBLEM_UNKNOWN'])
    expect((await client.builds.get(build.id)).warnings[0]?.code).toBe('SPOUT')
  })

  test("keeps the server's own words of a problem", async () => {
    const document = problemDocument('CLOUD_NOT_FOUND', 404)
    const { client } = scriptedServer([{ status: 404, json: document }])
    const error: unknown = await client.clouds.get(cloud.id).catch((reason: unknown) => reason)
    expect(isProblem(error, 'CLOUD_NOT_FOUND')).toBe(true)
    expect(error).toBeInstanceOf(ServedProblem)
    expect(error).toMatchObject({
      what: 'what the server said',
      fix: 'the fix that the server gave',
      who: 'registry-admin',
      requestId: 'req_1',
      row: { exit: 5 },
    })
    expect((error as ServedProblem).toDocument()).toEqual(document)
  })
})

describe('a failed connection', () => {
  test.each([
    ['ECONNREFUSED', 'CONTROL_PLANE_UNREACHABLE'],
    ['ENOTFOUND', 'CONTROL_PLANE_UNREACHABLE'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'CONTROL_PLANE_TLS_HANDSHAKE'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'CONTROL_PLANE_TLS'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'CONTROL_PLANE_TLS'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CONTROL_PLANE_TLS'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'CONTROL_PLANE_TLS_NAME'],
    ['CERT_HAS_EXPIRED', 'CONTROL_PLANE_TLS_EXPIRED'],
    ['CERT_NOT_YET_VALID', 'CONTROL_PLANE_TLS_NOT_YET_VALID'],
  ])('with %s is %s', async (code, expected) => {
    const { client } = scriptedServer(() => ({ failure: systemError(code) }))
    await expect(client.clouds.get(cloud.id)).rejects.toMatchObject({
      code: expected,
      facts: { host: 'fairlead.example.com' },
    })
  })
})

test('S9: an answer of 16 MiB is read, and not one of a byte more', async () => {
  const limit = 16 * 1024 * 1024
  const text = JSON.stringify({ result: cloud })
  const { client } = scriptedServer([{ text: text.padEnd(limit) }, { text: text.padEnd(limit + 1) }])
  expect(await client.clouds.get(cloud.id)).toEqual(cloud)
  await expect(client.clouds.get(cloud.id)).rejects.toMatchObject({ code: 'CONTROL_PLANE_ANSWER_INVALID' })
})

test('whatever answers, a call returns what its schema takes, or throws a problem', async () => {
  const status = fc.constantFrom(200, 201, 301, 307, 400, 401, 404, 409, 422, 429, 500, 502, 503, 504)
  const field = fc.oneof(fc.jsonValue(), fc.constantFrom('INTERNAL', 'NOT_FOUND', 503, 'no'))
  const told = fc.dictionary(
    fc.constantFrom('code', 'status', 'title', 'detail', 'fix', 'actor', 'fields', 'result'),
    field,
  )
  const body = fc.oneof(
    told.map((it) => JSON.stringify(it)),
    fc.json(),
    fc.string(),
    fc.constant('['.repeat(2 ** 16)),
  )
  const headers = fc.record({ 'retry-after': fc.stringMatching(/^[ -~]{0,20}$/) }, { requiredKeys: [] })
  await fc.assert(
    fc.asyncProperty(status, body, headers, async (code, text, said) => {
      const { client } = scriptedServer(() => ({ status: code, text, headers: said }))
      const outcome: unknown = await client.clouds.get(cloud.id).catch((error: unknown) => error)
      expect(isProblem(outcome)).toBe(true)
    }),
  )
})

test('reports an error of a caller’s own `fetch` unchanged, and does not retry it', async () => {
  const told = problem('CONTROL_PLANE_OF_ANOTHER_USER', { host: '127.0.0.1:8470', uid: 1 })
  const { client, sent } = scriptedServer(() => ({ failure: new TypeError('fetch failed', { cause: told }) }))
  await expect(client.clouds.get(cloud.id)).rejects.toBe(told)
  expect(sent).toHaveLength(1)
})

describe('a retry', () => {
  test('repeats a write with the same idempotency key', async () => {
    const { client, sent } = scriptedServer([
      { failure: systemError('ECONNRESET') },
      { status: 503, json: problemDocument('INTERNAL', 503), headers: { 'retry-after': '2' } },
      { status: 201, json: { result: cloud } },
    ])
    await client.clouds.create({ name: 'lab', provider: 'local' })
    const keys = sent.map((call) => call.headers['idempotency-key'])
    expect(keys).toHaveLength(3)
    expect(new Set(keys).size).toBe(1)
    await client.clouds.create({ name: 'x', provider: 'local' }).catch(() => null)
    expect(sent.at(-1)?.headers['idempotency-key']).not.toBe(keys[0])
  })

  test('repeats a write with the key of the caller, if given', async () => {
    const { client, sent } = scriptedServer([{ status: 201, json: { result: cloud } }])
    await client.clouds.create({ name: 'lab', provider: 'local' }, { idempotencyKey: 'mine' })
    expect(sent[0]?.headers['idempotency-key']).toBe('mine')
  })

  test('obeys Retry-After, within bounds', async () => {
    const busy = (after: string) => ({
      status: 429,
      json: problemDocument('INTERNAL', 429),
      headers: { 'retry-after': after },
    })
    const { client, waits } = scriptedServer([busy('2'), busy('86400'), busy('soon'), busy('1')])
    await client.clouds.get(cloud.id).catch(() => null)
    expect(waits).toHaveLength(maximumAttempts - 1)
    expect(waits[0]).toBeGreaterThanOrEqual(2000)
    expect(waits[1]).toBeLessThan(20_000)
    expect(waits[2]).toBeLessThan(5001)
  })

  test('obeys a Retry-After that is a date too, within the same bounds', async () => {
    const later = { status: 429, json: problemDocument('INTERNAL', 429) }
    const { client, waits } = scriptedServer([
      { ...later, headers: { 'retry-after': 'Fri, 31 Dec 2100 23:59:59 GMT' } },
      { status: 200, json: { result: cloud } },
    ])
    await client.clouds.get(cloud.id)
    expect(waits[0]).toBeGreaterThanOrEqual(10_000)
    expect(waits[0]).toBeLessThan(20_000)
  })

  test('ends after a few attempts', async () => {
    const { client, sent } = scriptedServer(() => ({ failure: systemError('ECONNREFUSED') }))
    await expect(client.clouds.get(cloud.id)).rejects.toMatchObject({ code: 'CONTROL_PLANE_UNREACHABLE' })
    expect(sent).toHaveLength(maximumAttempts)
  })

  test('is not made after silence: nobody waits for a server that never answers four times', async () => {
    let asked = 0
    const fetch: Fetch = async (_url, { signal }) => {
      asked++
      await once(signal, 'abort')
      throw signal.reason
    }
    const transport = new Transport({ host: 'https://fairlead.example.com', fetch, timeoutMs: 5 })
    await expect(transport.delete('/clouds/x')).rejects.toMatchObject({ code: 'CONTROL_PLANE_UNREACHABLE' })
    expect(asked).toBe(1)
  })

  test.each([
    ['a certificate that is not trusted', { failure: systemError('CERT_HAS_EXPIRED') }],
    ['a refusal', { status: 403, json: problemDocument('ROLE_TOO_LOW', 403) }],
    ['a fault of the server', { status: 500, json: problemDocument('INTERNAL', 500) }],
  ])('is not made after %s', async (_name, answer) => {
    const { client, sent } = scriptedServer(() => answer)
    await client.clouds.get(cloud.id).catch(() => null)
    expect(sent).toHaveLength(1)
  })
})

describe('an abort', () => {
  test('ends a call with its own reason', async () => {
    const reason = new Error('enough')
    const { client, sent } = scriptedServer([{ json: { result: cloud } }])
    await expect(client.clouds.get(cloud.id, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(sent).toEqual([])
  })
})

describe('pages', () => {
  test('are iterated to the end', async () => {
    const tokens = [null, 'b', 'a']
    const { client, sent } = scriptedServer(() => ({
      json: { results: [cloud], metadata: { next_paging_token: tokens.pop() ?? null } },
    }))
    const found: unknown[] = []
    for await (const one of client.clouds.list({ name: 'lab' })) found.push(one)
    expect(found).toHaveLength(3)
    expect(sent.map((call) => new URL(call.url).search)).toEqual([
      '?name=lab&count=100',
      '?name=lab&count=100&paging_token=a',
      '?name=lab&count=100&paging_token=b',
    ])
  })

  test('with a limit request no more than needed, and give the token that continues after it', async () => {
    const full = (count: number) => Array.from({ length: count }, () => cloud)
    const { client, sent } = scriptedServer((call) => {
      const count = Number(new URL(call.url).searchParams.get('count'))
      return { json: { results: full(count), metadata: { next_paging_token: `after-${count}` } } }
    })
    const found = await client.clouds.list().take(130)
    expect(found.results).toHaveLength(130)
    expect(found.metadata.next_paging_token).toBe('after-30')
    expect(sent).toHaveLength(2)
  })

  test('give null as the first of none', async () => {
    const { client } = scriptedServer([{ json: pageOf() }])
    expect(await client.clouds.list().first()).toBeNull()
  })
})
