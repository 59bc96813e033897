import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareRayVersions, rayVersionPattern } from './versions.ts'

test.each(['2.10', '1.4.1', '2.55.1', '3.0.0.dev0', '2.9.0rc1', '2.9.3.post1', '2.40.0+cpu.1'])(
  '%s is a version',
  (text) => {
    expect(rayVersionPattern.test(text)).toBe(true)
  },
)

test.each([
  '',
  '2',
  'v2.1',
  '2.x',
  'latest',
  'nightly',
  '2.1.',
  '2.1.0-rc1',
  '2.1.0 ',
  ' 2.1',
  '2,1',
  '2.1\n',
  '2.1.0.0',
  '999999.1',
])('%j is not a version', (text) => {
  expect(rayVersionPattern.test(text)).toBe(false)
})

test.each([
  ['2.7.0', '2.7.0', 'same'],
  ['2.7', '2.7.3', 'same'],
  ['2.10', '2.10.0', 'same'],
  ['2.7.0', '2.7.0+cpu', 'same'],
  ['2.7.0', '2.7.1', 'patch-differs'],
  ['2.7.0', '2.7.0rc1', 'patch-differs'],
  ['3.0.0.dev0', '3.0.0', 'patch-differs'],
  ['2.1', '2.10.0', 'differs'],
  ['2.10', '2.1.0', 'differs'],
  ['2.7.0', '3.7.0', 'differs'],
  ['2.7.0', 'nonsense', 'differs'],
  ['2.07.0', '2.7.0', 'same'],
] as const)('%s and %s: %s', (expected, found, verdict) => {
  expect(compareRayVersions(expected, found)).toBe(verdict)
})

test('a version equals itself, and the order of two versions does not affect whether they differ', () => {
  const version = fc.tuple(fc.nat(3), fc.nat(12), fc.nat(3)).map((numbers) => numbers.join('.'))
  fc.assert(
    fc.property(version, version, (a, b) => {
      expect(compareRayVersions(a, a)).toBe('same')
      expect(compareRayVersions(a, b)).toBe(compareRayVersions(b, a))
    }),
  )
})
