import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { listenProblem, readListenPlace } from './listen-place.ts'
import { isProblem } from '../problems/problem.ts'

const refusalOf = (text: string): string => {
  try {
    readListenPlace(text, '--listen')
    return 'taken'
  } catch (error) {
    return isProblem(error, 'USAGE') ? error.what : String(error)
  }
}

test.each([
  ['127.0.0.1:8470', '127.0.0.1', 8470],
  ['LocalHost:0', 'localhost', 0],
  ['[::]:65535', '[::]', 65_535],
])('%s is a valid address to listen on', (text, host, port) => {
  expect(readListenPlace(text, '--listen')).toEqual({ host, port })
})

test.each([
  ['127.0.0.1:99999', 'a port is a whole number from 0 to 65535'],
  ['127.0.0.1:65536', 'a port is a whole number from 0 to 65535'],
  ['127.0.0.1:080', 'a port is a whole number from 0 to 65535'],
  ['127.0.0.1:http', 'a port is a whole number from 0 to 65535'],
  ['127.0.0.1:-1', 'a port is a whole number from 0 to 65535'],
  ['127.0.0.1', 'the port is missing'],
  ['127.0.0.1:', 'the port is missing'],
  ['localhost', 'the port is missing'],
  ['8470', 'the host is missing; 0.0.0.0 is every address of this machine'],
  [':8470', 'the host is missing; 0.0.0.0 is every address of this machine'],
  ['*:8470', 'every address of this machine is 0.0.0.0, or [::]'],
  ['::1:8470', 'write an IPv6 address in brackets, with the port after them'],
  ['::', 'write an IPv6 address in brackets, with the port after them'],
  ['http://127.0.0.1:1', 'a scheme or a path is no part of it'],
  ['127.1:80', 'the host is neither a name nor an address in its usual form'],
  ['127.0.0.1:80:0', 'write an IPv6 address in brackets, with the port after them'],
  ['', 'the port is missing'],
])('%j is not a valid address, and the error says why', (text, why) => {
  expect(refusalOf(text)).toBe(`--listen wants HOST:PORT, such as 127.0.0.1:8470: ${why}`)
})

test('S9: any text is a valid address or a usage error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.webUrl()), (text) => {
      expect(refusalOf(text)).toMatch(/^(?:taken$|--listen wants HOST:PORT)/)
    }),
  )
})

test.each([
  ['EADDRINUSE', 'ADDRESS_IN_USE'],
  ['EADDRNOTAVAIL', 'ADDRESS_UNUSABLE'],
  ['EACCES', 'ADDRESS_UNUSABLE'],
  ['ENOTFOUND', 'ADDRESS_UNUSABLE'],
])('a listen that fails with %s is %s', (code, expected) => {
  expect(listenProblem(code, '10.0.0.1:80')).toMatchObject({
    code: expected,
    what: expect.stringContaining('10.0.0.1:80') as string,
  })
})

test('a listen that fails for another reason is not a problem of the address', () => {
  expect(listenProblem('EMFILE', 'a:1')).toBeNull()
  expect(listenProblem(undefined, 'a:1')).toBeNull()
})
