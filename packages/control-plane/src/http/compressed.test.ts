import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestFleet } from '../testing/test-fleet.ts'
import type { Caller } from '../testing/test-control-plane.ts'
import { acceptsEncoding } from './compressed.ts'

test.each([
  ['gzip', true],
  ['deflate, GZIP;q=0.5', true],
  ['br, gzip ; q=1', true],
  ['gzip;q=0', false],
  ['gzip; q=0.000, br', false],
  ['x-gzip', false],
  ['*', false],
  ['', false],
  [undefined, false],
])('whether gzip is accepted: %s', (header, isAccepted) => {
  expect(acceptsEncoding(header, 'gzip')).toBe(isAccepted)
})

test('whether gzip is accepted is the same in any case and spacing, and wherever it is named (RFC 9110, section 12.5.3)', () => {
  const white = fc.stringMatching(/^[ \t]{0,2}$/)
  const weight = fc.constantFrom('', ';q=1', ';q=0.001', ';q=0', ';q=0.', ';q=0.000')
  const others = fc.array(fc.tuple(fc.constantFrom('br', 'deflate', 'identity', '*', 'x-gzip', ''), weight), {
    maxLength: 3,
  })
  const gzip = fc.mixedCase(fc.constant('gzip'))
  fc.assert(
    fc.property(others, gzip, weight, others, white, (before, name, its, after, space) => {
      const parts = [...before, [name, its], ...after].map(([coding, q]) =>
        `${coding}${q}`.replace(';', `${space};${space}`),
      )
      expect(acceptsEncoding(parts.join(`${space},${space}`), 'gzip')).toBe(['', ';q=1', ';q=0.001'].includes(its))
    }),
  )
})

test('S9: whatever the header is, nothing is accepted that it does not name', () => {
  const bytes = fc.uint8Array().map((all) => Buffer.from(all).toString('latin1'))
  fc.assert(
    fc.property(bytes, (header) => {
      expect(acceptsEncoding(header, 'gzip') && !/gzip/i.test(header)).toBe(false)
    }),
  )
})

test.each([
  [',', false],
  [';', false],
  ['gzip;q=0,', false],
  [' ', true],
  ['0', true],
  ['q =', true],
])('S9: a mebibyte of %j is read in linear time', (unit, isAccepted) => {
  // Nothing else than a weight of zero takes a name back.
  expect(acceptsEncoding(`gzip;q=0${unit.repeat(2 ** 20 / unit.length)}x`, 'gzip')).toBe(isAccepted)
})

describe('answers', () => {
  let fleet: TestFleet
  let viewer: Caller

  beforeAll(async () => {
    fleet = await TestFleet.start()
    viewer = await fleet.running.withRole('viewer')
    const cloud = await fleet.makeCloud()
    for (let count = 0; count < 3; count++) {
      const build = await fleet.makeBuild(cloud.id)
      await fleet.startCluster(build.id, 0)
      await fleet.makeCloud()
    }
  })
  afterAll(() => fleet[Symbol.asyncDispose]())

  const encodingOf = async (caller: Caller, path: string, accepted = 'gzip') => {
    const { status, headers } = await caller.get(path, { 'accept-encoding': accepted })
    expect(status).toBe(200)
    return headers.get('content-encoding')
  }

  test('are compressed for a client that asks for it, and say that they depend on that', async () => {
    const { admin } = fleet.running
    const plain = await admin.get('/clouds', { 'accept-encoding': 'identity' })
    const small = await admin.get('/clouds', { 'accept-encoding': 'gzip' })
    expect(small.headers.get('content-encoding')).toBe('gzip')
    expect(Number(small.headers.get('content-length'))).toBeLessThan(plain.text.length / 2)
    expect(small.text).toBe(plain.text)
    expect(plain.headers.get('content-encoding')).toBeNull()
    expect([plain.headers.get('vary'), small.headers.get('vary')]).toEqual(['accept-encoding', 'accept-encoding'])
    expect(await encodingOf(admin, '/-/metrics')).toBe('gzip')
  })

  test('that are short are sent as they are', async () => {
    expect(await encodingOf(fleet.running.admin, '/api_tokens/me')).toBeNull()
  })

  test.each(['/cluster_environments', '/cluster_environment_builds', '/clusters'])(
    'of %s are compressed only for those to whom they show no secret',
    async (path) => {
      expect(await encodingOf(await fleet.running.withRole('developer'), path)).toBeNull()
      expect(await encodingOf(fleet.running.admin, path)).toBeNull()
      expect(await encodingOf(viewer, path)).toBe('gzip')
    },
  )

  test('to what creates a token are never compressed', async () => {
    const cloud_ids: string[] = []
    for (let count = 0; count < 40; count++) cloud_ids.push((await fleet.makeCloud()).id)
    const answer = await fleet.running.admin.post(
      '/api_tokens',
      { name: 'limited', role: 'viewer', cloud_ids },
      { 'accept-encoding': 'gzip' },
    )
    expect(answer.status).toBe(201)
    expect(answer.text.length).toBeGreaterThan(1024)
    expect(answer.headers.get('content-encoding')).toBeNull()
  })

  test('to nodes are never compressed', async () => {
    const cloud = await fleet.makeCloud()
    const node = await fleet.join(cloud)
    await node.report()
    const build = await fleet.makeBuild(cloud.id, { env_vars: { LONG: 'x'.repeat(2000) } })
    await fleet.startCluster(build.id, 0)
    const answer = await node.desiredState()
    expect(answer.text.length).toBeGreaterThan(1024)
    expect(answer.headers.get('content-encoding')).toBeNull()
  })
})
