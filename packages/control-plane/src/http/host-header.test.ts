import { isProblem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { thrown } from '../testing/thrown.ts'
import { requireOwnHost } from './host-header.ts'

const text = 'fairlead.example.com:8470'
const own = { host: 'fairlead.example.com', port: 8470 }

test.each([text, 'Fairlead.Example.com:8470', 'localhost:8470', '127.0.0.1:1', '[::1]:8470'])('%s is ours', (host) => {
  expect(() => requireOwnHost(host, own)).not.toThrow()
})

test.each(['fairlead.example.com', 'fairlead.example.com:443'])('on the default port %s is ours', (host) => {
  expect(() => requireOwnHost(host, { host: 'fairlead.example.com', port: 443 })).not.toThrow()
})

test.each([
  'evilfairlead.example.com:8470',
  'evil.fairlead.example.com:8470',
  'fairlead.example.com:8471',
  'fairlead.example.com',
  'fairlead.example.com.evil.test:8470',
  'fairlead.example.com:8470.evil.test',
  'localhost.evil.test',
  undefined,
])('a Host that only starts or ends like ours is not ours: %s', (host) => {
  expect(
    isProblem(
      thrown(() => requireOwnHost(host, own)),
      'HOST_NOT_ALLOWED',
    ),
  ).toBe(true)
})

test('S9: adding anything before or after our name makes it another', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      fc.pre(before + after !== '')
      expect(
        isProblem(
          thrown(() => requireOwnHost(before + text + after, own)),
          'HOST_NOT_ALLOWED',
        ),
      ).toBe(true)
    }),
  )
})
