/** One spelling per origin, the one that browsers use. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseHttpOrigin } from './http-origin.ts'

test.each([
  ['https://Control.Example.com:8443/', 'https://control.example.com:8443', 8443],
  ['https://control.example.com', 'https://control.example.com', 443],
  ['https://control.example.com:443', 'https://control.example.com', 443],
  ['https://control.example.com:80', 'https://control.example.com:80', 80],
  ['HTTP://localhost:80', 'http://localhost', 80],
  ['http://[::1]:443', 'http://[::1]:443', 443],
])('%s is %s', (text, origin, port) => {
  expect(parseHttpOrigin(text)).toMatchObject({ origin, port, authority: origin.split('://')[1] })
})

test.each([
  '',
  'control.example.com',
  'https://',
  'ftp://a',
  'https://a/b',
  'https://a?b',
  'https://u:p@a',
  'https://a:0',
])('%j is not an origin', (text) => {
  expect(parseHttpOrigin(text)).toBeNull()
})

test('S9: accepted text is the origin that a browser sees, and any other text is null', () => {
  const piece = fc.constantFrom(
    'http',
    'https',
    '://',
    'a.example.com',
    ':',
    '443',
    '80',
    '8470',
    '/',
    '?',
    '@',
    '[::1]',
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
  )
  fc.assert(
    fc.property(text, (text) => {
      const read = parseHttpOrigin(text)
      expect(read === null || read.origin === new URL(text).origin).toBe(true)
    }),
  )
})
