/** The messages of Docker's protocol. */
import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hostIn, noServer, noUsername, serverIn, storeFault } from './helper-protocol.ts'

describe('the server in a request from Docker', () => {
  test.each([
    ['registry.example.com', 'registry.example.com'],
    [' registry.example.com:5000\r\n', 'registry.example.com:5000'],
    ['https://index.docker.io/v1/', 'index.docker.io'],
    ['https://registry.example.com/v2/', 'registry.example.com'],
    ['http://127.0.0.1:5000', '127.0.0.1:5000'],
    ['[::1]:5000', '[::1]:5000'],
    ['https://https://a.example.com', 'https:'],
    // Go's white space, which Docker's helpers trim: with U+0085, without the byte order mark.
    ['\u0085\u00a0a.example.com\u3000\r', 'a.example.com'],
    ['\ufeffa.example.com', '\ufeffa.example.com'],
  ])('%j is on %s', (input, host) => {
    expect(hostIn(serverIn(input))).toBe(host)
  })

  test('S9: is read in linear time, also with a mebibyte of white space inside', () => {
    const server = `a${' '.repeat(2 ** 20)}b`
    expect(serverIn(` ${server} `)).toBe(server)
  })

  test('S9: of any text is on a host without a slash, and white space around it makes no difference', () => {
    const white = fc.stringMatching(/^[\t\n\v\f\r \u0085\u00a0\u2028\u3000]*$/)
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), white, white, (text, before, after) => {
        const server = serverIn(text)
        expect(hostIn(server)).not.toContain('/')
        expect(serverIn(server)).toBe(server)
        expect(serverIn(`${before}${server}${after}`)).toBe(server)
      }),
    )
  })
})

describe('a login that docker login wants to store', () => {
  test.each([
    ['{"ServerURL":"a.example.com","Username":"u","Secret":"p"}', null],
    ['{"Username":"u","Secret":"p"}', noServer],
    ['{"ServerURL":"","Username":"u"}', noServer],
    ['{"ServerURL":"a.example.com","Secret":"p"}', noUsername],
    ['null', noServer],
    ['[]', noServer],
    ['{"__proto__":{"ServerURL":"a"}}', noServer],
    ['', 'the credentials are not JSON'],
    ['"canary', 'the credentials are not JSON'],
  ])('%j: %s', (input, fault) => {
    expect(storeFault(input)).toBe(fault)
  })

  test('S9: any text gets one of four answers', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (input) => {
        expect(storeFault(input)).toBeOneOf([null, noServer, noUsername, 'the credentials are not JSON'])
      }),
    )
  })
})
