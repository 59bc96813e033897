import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseRoute } from './route.ts'

const path = '0123456789abcdef0123456789abcdef'
const digest = `sha256:${'a'.repeat(64)}`

describe('the route of a request', () => {
  test('accepts two spellings of the ping', () => {
    expect([parseRoute('/v2/'), parseRoute('/v2')]).toEqual([{ kind: 'ping' }, { kind: 'ping' }])
  })

  test('takes a manifest and a blob by digest below a path', () => {
    expect(parseRoute(`/v2/${path}/manifests/${digest}`)).toEqual({ kind: 'manifests', path, digest })
    expect(parseRoute(`/v2/${path}/blobs/${digest}`)).toEqual({ kind: 'blobs', path, digest })
  })

  test.for([
    `/v2/${path}/manifests/latest`,
    `/v2/${path}/blobs/${digest}?x=1`,
    `/v2/${path}/blobs/${digest}/`,
    `/v2/./${path}/blobs/${digest}`,
    `/v2/${path}/x/../blobs/${digest}`,
    `/v2/${path.toUpperCase()}/blobs/${digest}`,
    `/v2/${path}/blobs/sha256%3A${'a'.repeat(64)}`,
    `/v2/${path}/blobs/uploads/`,
    `/v2/${path}/tags/list`,
    '/v2/_catalog',
    `http://127.0.0.1/v2/${path}/blobs/${digest}`,
    '//v2/',
    '',
  ])('does not exist for %s', (target) => {
    expect(parseRoute(target)).toEqual({ kind: 'nothing' })
  })

  test('matches a target to at most one of the three forms, and a printed route gives its target', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webPath(), fc.constant(`/v2/${path}/blobs/${digest}`)), (target) => {
        fc.pre(!['/v2', '/v2/'].includes(target))
        const route = parseRoute(target)
        const printed =
          route.kind === 'manifests' || route.kind === 'blobs'
            ? `/v2/${route.path}/${route.kind}/${route.digest}`
            : target
        expect(printed).toBe(target)
      }),
    )
  })
})
