import { HolderName } from '@fairlead/contract/names'
import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { holderName } from './holder-name.ts'

const wanted = ['email', 'preferred_username', 'sub']

test.each<[Record<string, unknown>, string]>([
  [{ email: 'jane@example.com', sub: '1' }, 'jane@example.com'],
  [{ email: '', preferred_username: 'jane', sub: '1' }, 'jane'],
  [{ email: 7, sub: 'auth0|5f' }, 'auth0-5f'],
  [{ sub: 'repo:acme/images:ref:refs/heads/main' }, 'repo:acme/images:ref:refs/heads/main'],
  [{ preferred_username: 'Jürgen Groß' }, 'J-rgen-Gro-'],
  [{ email: `ghp_${'A1'.repeat(20)}`, sub: 'jane' }, 'jane'],
  [{}, 'unnamed'],
])('%j is shown as %s', (claims, name) => {
  expect(holderName(claims, wanted)).toBe(name)
})

test('whatever an identity provider says, the name has the form of one, without control characters and line ends', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom(...wanted),
        fc.oneof(fc.string({ unit: anyCharacter, maxLength: 200 }), fc.constantFrom(null, 7, [], {})),
      ),
      (claims) => {
        expect(HolderName.safeParse(holderName(claims, wanted)).success).toBe(true)
      },
    ),
  )
})
