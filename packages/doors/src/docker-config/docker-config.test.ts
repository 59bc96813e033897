/** A Docker configuration from anybody: logins as Docker itself reads them, or one problem that repeats nothing. */
import { isProblem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDockerConfig } from './docker-config.ts'

const kindOf = (auth: string) =>
  parseDockerConfig(JSON.stringify({ auths: { 'registry.example.com': { auth } } }), '/c').auths[0]?.otherwise

describe('an auth', () => {
  const encoded = Buffer.from('robot:p').toString('base64')

  test.each(['\n', '\r\n'])('may be broken by %j, as by Docker', (end) => {
    expect(kindOf(`${encoded.slice(0, 4)}${end}${encoded.slice(4)}${end}`)).toBeNull()
  })

  test.each([' ', '\t', '\u00a0', '\ufeff'])('is unreadable with %j in it, as to Docker', (space) => {
    expect(kindOf(`${encoded.slice(0, 4)}${space}${encoded.slice(4)}`)).toBe('unreadable')
  })
})

test('a login is read as `docker login` writes it: after the first colon, and without the NULs that pad it', () => {
  const username = fc.string({ minLength: 1 }).filter((text) => !text.includes(':'))
  const password = fc.string({ minLength: 1 }).filter((text) => !text.endsWith('\0'))
  fc.assert(
    fc.property(username, password, fc.nat({ max: 5 }), (user, secret, padding) => {
      const auth = Buffer.from(`${user}:${secret}${'\0'.repeat(padding)}`).toString('base64')
      const [found] = parseDockerConfig(JSON.stringify({ auths: { 'registry.example.com': { auth } } }), '/c').auths
      expect(found?.login?.username.spend(String)).toBe(user)
      expect(found?.login?.password.spend(String)).toBe(secret)
    }),
  )
})

test.each(['\0', ':', 'a', '\n'])('S9: a mebibyte of %j in a login is read in linear time', (unit) => {
  const auth = Buffer.from(`robot:${unit.repeat(2 ** 20)}x`).toString('base64')
  expect(kindOf(auth)).toBeNull()
})

test('S9: a Secret in a Secret is read, and not one further inside', () => {
  const inSecret = (text: string) => JSON.stringify({ kind: 'Secret', stringData: { '.dockerconfigjson': text } })
  const twice = inSecret(inSecret('{"auths":{}}'))
  expect([saidOf(twice), saidOf(inSecret(twice))]).toEqual(['', expect.stringContaining('neither JSON')])
})

/** What is said of a text: nothing if it is a configuration. */
function saidOf(text: string): string {
  try {
    parseDockerConfig(text, '/c')
    return ''
  } catch (error) {
    if (!isProblem(error, 'DOCKER_CONFIG_INVALID')) throw error
    return JSON.stringify(error.toDocument())
  }
}

test('S9: any text is a configuration or DOCKER_CONFIG_INVALID, which repeats none of it', () => {
  const canary = 'canary-5d1e'
  const value = fc.oneof(fc.constant(canary), fc.jsonValue())
  const names = ['auths', 'credHelpers', 'credsStore', 'kind', 'data', 'stringData', '.dockercfg', '__proto__', canary]
  const document = fc.dictionary(fc.constantFrom(...names), fc.oneof(value, fc.dictionary(fc.string(), value)))
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    document.map((found) => JSON.stringify(found)),
  )
  fc.assert(
    fc.property(text, (found) => !saidOf(found).includes(canary)),
    { numRuns: 500 },
  )
})
