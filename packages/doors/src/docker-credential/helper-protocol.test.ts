/** The messages of Docker's protocol. */
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
  ])('%j is on %s', (input, host) => {
    expect(hostIn(serverIn(input))).toBe(host)
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
