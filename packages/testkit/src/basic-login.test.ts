import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { basicHeader, basicLogin } from './basic-login.ts'

test('a login survives its header, colons included', () => {
  const username = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes(':'))
  fc.assert(
    fc.property(fc.record({ username, password: fc.string({ unit: 'grapheme' }) }), (login) => {
      expect(basicLogin(basicHeader(login))).toEqual(login)
    }),
  )
})

test.each([undefined, '', 'Basic', 'Basic ', 'Bearer abc', 'Basic %%%', `Basic ${btoa('no colon')}`])(
  'no login is found in %o',
  (header) => {
    expect(basicLogin(header)).toBeNull()
  },
)
