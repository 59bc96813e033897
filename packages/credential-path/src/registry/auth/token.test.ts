/** The answer of a token realm: what may enter a header, and what never does. */
import { inspect } from 'node:util'
import { Problem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseStrictUrl, type StrictUrl } from '../http/strict-url.ts'
import { readToken, tokenPath } from './token.ts'

function read(answer: unknown): object {
  const bytes = Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer))
  try {
    const { token, lifeSeconds } = readToken(bytes, 'registry.example.com')
    return { token: token.spend((text) => text), lifeSeconds }
  } catch (error) {
    if (error instanceof Problem) return { code: error.code }
    throw error
  }
}

describe('a token answer', () => {
  test.each([
    [{ token: 'a.b-c_d~e+f/g==' }, { token: 'a.b-c_d~e+f/g==', lifeSeconds: 60 }],
    [
      { access_token: 'abc', expires_in: 300 },
      { token: 'abc', lifeSeconds: 300 },
    ],
    [
      { token: 'one', access_token: 'two' },
      { token: 'one', lifeSeconds: 60 },
    ],
    [
      { token: null, access_token: 'two' },
      { token: 'two', lifeSeconds: 60 },
    ],
    [
      { token: 'abc', expires_in: -5 },
      { token: 'abc', lifeSeconds: 60 },
    ],
    [
      { token: 'abc', expires_in: 1e12 },
      { token: 'abc', lifeSeconds: 60 },
    ],
    [
      { token: 'abc', expires_in: '300' },
      { token: 'abc', lifeSeconds: 60 },
    ],
  ])('%j is accepted', (answer, expected) => {
    expect(read(answer)).toEqual(expected)
  })

  test.each([
    {},
    [],
    null,
    7,
    'x',
    { token: '' },
    { token: 7 },
    { token: 'a b' },
    { token: 'a\r\nb' },
    { token: 'é' },
    { token: '=a' },
  ])('S9: %j has no token that may enter a header', (answer) => {
    expect(read(answer)).toEqual({ code: 'TOKEN_ANSWER_INVALID' })
  })

  test('S9: contains a token of at most 16 KiB', () => {
    expect(read({ token: 'a'.repeat(16 * 1024) })).toMatchObject({ lifeSeconds: 60 })
    expect(read({ token: 'a'.repeat(16 * 1024 + 1) })).toEqual({ code: 'TOKEN_ANSWER_INVALID' })
  })

  test('S9: is a token or a problem for any bytes, and contains none of them in the problem', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (tail) => {
        const canary = 'canary-19ab'
        const bytes = Buffer.from(`{"token":"${canary} ${tail}`)
        let told = ''
        try {
          readToken(bytes, 'registry.example.com')
        } catch (error) {
          told = inspect(error, { depth: null, showHidden: true })
        }
        expect(told).toContain('TOKEN_ANSWER_INVALID')
        expect(told).not.toContain(canary)
      }),
    )
  })
})

describe('the token request', () => {
  const realm = (text: string) => parseStrictUrl(text) as StrictUrl
  test.each([
    ['https://a.example.com/token', 'svc', '/token?service=svc&scope=repository%3Ateam%2Fapp%3Apull'],
    ['https://a.example.com', null, '/?scope=repository%3Ateam%2Fapp%3Apull'],
    ['https://a.example.com/t?x=1', 'a b&c', '/t?x=1&service=a+b%26c&scope=repository%3Ateam%2Fapp%3Apull'],
    ['https://a.example.com/t', '\r\nx', '/t?service=%0D%0Ax&scope=repository%3Ateam%2Fapp%3Apull'],
  ])('to %s for the service %j', (text, service, path) => {
    expect(tokenPath({ realm: realm(text), service, repository: 'team/app', actions: 'pull' })).toBe(path)
  })

  test.each([
    ['scope=repository:other/app:pull,push', ''],
    ['a=%20b&scope=registry:catalog:*&c', 'a=%20b&c&'],
    ['%73cope=x&scopes=y&account=scope', 'scopes=y&account=scope&'],
    ['scope', ''],
  ])('S4: leaves out a scope that the registry put into the address of its realm: ?%s', (query, kept) => {
    const asked = { realm: realm(`https://r.example.com/token?${query}`), service: null, repository: 'team/app' }
    expect(tokenPath({ ...asked, actions: 'pull' })).toBe(`/token?${kept}scope=repository%3Ateam%2Fapp%3Apull`)
  })

  test('names no image if it only checks whether the login is known', () => {
    const asked = { realm: realm('https://r.example.com/token'), service: 'r', repository: 'team/app' }
    expect(tokenPath({ ...asked, actions: 'none' })).toBe('/token?service=r')
  })
})
