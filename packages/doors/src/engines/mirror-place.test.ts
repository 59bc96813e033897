import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { keysOf, registryOfSegment, segmentOf } from './mirror-place.ts'

test('a registry has a segment that is a path component of an image, and back', () => {
  expect(segmentOf('registry.example.com:5000')).toBe('registry.example.com_5000')
  fc.assert(
    fc.property(fc.domain(), fc.option(fc.integer({ min: 1, max: 65_535 })), (host, port) => {
      const registry = port === null ? host : `${host}:${port}`
      const segment = segmentOf(registry)
      expect(registryOfSegment(segment)).toBe(registry)
      expect(segment).toMatch(/^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/)
    }),
  )
})

test('each engine has a key of its own', () => {
  expect(keysOf('podman', '/var/lib/fairlead')).toEqual({
    ca: '/var/lib/fairlead/door/ca.crt',
    certificate: '/var/lib/fairlead/door/podman.crt',
    key: '/var/lib/fairlead/door/podman.key',
  })
})
