/** What engines ask the mirror for, and what it does not understand. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { segmentOf } from '../engines/mirror-place.ts'
import { parseMirrorRoute } from './mirror-route.ts'

const digest = `sha256:${'a'.repeat(64)}`
const here = { registry: 'r.example.com', repository: 'team/app' }

test.each([
  ['/v2/', { kind: 'ping' }],
  ['/v2', { kind: 'ping' }],
  ['/v2/?ns=r.example.com', { kind: 'ping' }],
  ['/v2/r.example.com/team/app/manifests/v1', { kind: 'manifests', ...here, reference: 'v1' }],
  ['/v2/r.example.com/team/app/manifests/v1?ns=r.example.com', { kind: 'manifests', ...here, reference: 'v1' }],
  [`/v2/r.example.com/team/app/manifests/${digest}`, { kind: 'manifests', ...here, reference: digest }],
  [`/v2/r.example.com/team/app/blobs/${digest}?ns=docker.io`, { kind: 'blobs', ...here, digest }],
  [
    `/v2/r.example.com_5000/app/blobs/${digest}`,
    { kind: 'blobs', registry: 'r.example.com:5000', repository: 'app', digest },
  ],
  [
    `/v2/r.example.com/team/app/referrers/${digest}?artifactType=application%2Fx&ns=r.example.com`,
    { kind: 'referrers', ...here, digest, query: '' },
  ],
  [
    `/v2/r.example.com/team/app/referrers/${digest}?ns=r&artifactType=application/vnd.x+json`,
    { kind: 'referrers', ...here, digest, query: 'artifactType=application/vnd.x+json' },
  ],
])('%s', (target, route) => {
  expect(parseMirrorRoute(target)).toEqual(route)
})

test.each([
  '/',
  '/v2/r.example.com/manifests/v1',
  '/v2/r.example.com/team/app/blobs/v1',
  '/v2/r.example.com/team/../app/manifests/v1',
  '/v2/r.example.com/team//app/manifests/v1',
  '/v2/r.example.com/Team/app/manifests/v1',
  '/v2/r.example.com/team%2Fapp/manifests/v1',
  '/v2/r.example.com/team/app/manifests/sha256:abc',
  '/v2/r.example.com/team/app/tags/list',
  '/v2/r.example.com/team/app/blobs/uploads/',
  '/v2/_catalog',
  '/v1/r.example.com/team/app/manifests/v1',
  'http://r.example.com/v2/r.example.com/team/app/manifests/v1',
])('%s is nothing that it serves', (target) => {
  expect(parseMirrorRoute(target)).toEqual({ kind: 'nothing' })
})

test('what containerd asks of `server` as its second host is nothing', () => {
  expect(parseMirrorRoute('/v2/r.example.com/v2/team/app/manifests/v1')).toEqual({ kind: 'nothing' })
})

test('S9: any target is a route with a clean repository, or nothing', () => {
  const piece = fc.constantFrom(
    '/v2/',
    'r.example.com',
    '/',
    'manifests',
    'blobs',
    digest,
    '..',
    '%2e',
    '?',
    'ns=',
    '\n',
    'A',
    '_',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 12 }).map((all) => all.join('')),
      ),
      (target) => {
        const route = parseMirrorRoute(target)
        if (route.kind === 'ping' || route.kind === 'nothing') return
        expect(route.repository).toMatch(/^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/)
        expect(route.repository.split('/')).not.toContain('..')
      },
    ),
  )
})

test('a registry is the same after it was a segment of a path', () => {
  const host = fc.stringMatching(/^[a-z0-9]{1,8}(-[a-z0-9]{1,4})?(\.[a-z0-9]{1,8}){0,3}(:[1-9][0-9]{0,4})?$/)
  fc.assert(
    fc.property(host, (registry) => {
      const route = parseMirrorRoute(`/v2/${segmentOf(registry)}/team/app/manifests/v1`)
      expect(route).toMatchObject({ kind: 'manifests', registry })
    }),
  )
})
