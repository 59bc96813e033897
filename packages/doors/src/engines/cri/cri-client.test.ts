import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { configPathReported } from './cri-client.ts'

test.each([
  [
    'of containerd 1.x',
    '{"containerd":{},"registry":{"configPath":"/etc/containerd/certs.d","mirrors":null}}',
    '/etc/containerd/certs.d',
  ],
  ['of containerd 1.x that sets none', '{"registry":{"configPath":""}}', ''],
  ['of containerd 2.x, which has no registries', '{"containerd":{"defaultRuntimeName":"runc"}}', null],
  ['of CRI-O, which has none at all', '', null],
])('the folder of registries is in the reported configuration %s', (_, json, expected) => {
  expect(configPathReported(json)).toBe(expected)
})

test('a reported configuration names a folder or none, whatever it is', () => {
  const anything = fc.oneof(
    fc.string(),
    fc.json(),
    fc.jsonValue().map((value) => JSON.stringify({ registry: value })),
  )
  fc.assert(
    fc.property(anything, (json) => {
      expect(['string', 'object']).toContain(typeof configPathReported(json))
    }),
  )
})
