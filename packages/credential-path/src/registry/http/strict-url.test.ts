/** S3: a URL is read exactly as written, or not at all. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { originOf, parseStrictUrl, placeName } from './strict-url.ts'

test.each([
  ['https://example.com', { scheme: 'https', host: 'example.com', port: 443, path: '', query: '' }],
  ['HTTPS://EXAMPLE.com:8443/A?b=c', { scheme: 'https', host: 'example.com', port: 8443, path: '/A', query: '?b=c' }],
  ['http://[::1]:5000/x', { scheme: 'http', host: '[::1]', port: 5000, path: '/x', query: '' }],
  ['https://example.com?x=@y:/z', { scheme: 'https', host: 'example.com', port: 443, path: '', query: '?x=@y:/z' }],
])('reads %s', (text, expected) => {
  expect(parseStrictUrl(text)).toEqual(expected)
})

test.each([
  'https://user@example.com/',
  'https://example.com@evil.test/',
  'https://example.com\\@evil.test/',
  'https://example.com/#x',
  'https://example.com/a b',
  'https://example.com/\u00e9',
  'https://ex%61mple.com/',
  'https://127.1/',
  'https://0x7f000001/',
  'https://example.com:0443/',
  'https:example.com',
  'ftp://example.com/',
  `https://example.com/${'x'.repeat(9000)}`,
])('does not read %j', (text) => {
  expect(parseStrictUrl(text)).toBeNull()
})

test('S3: reads a URL just as the platform parser does', () => {
  const piece = fc.constantFrom(
    'https://',
    'http://',
    'a.example',
    'EVIL.test',
    '127.0.0.1',
    '[::1]',
    ':',
    '80',
    '443',
    '/',
    '?',
    '@',
    '#',
    '\\',
    '..',
    '%2f',
    ' ',
    'é',
    '&',
  )
  fc.assert(
    fc.property(fc.constantFrom('https://', 'http://'), fc.string({ unit: piece }), (head, tail) => {
      const url = parseStrictUrl(head + tail)
      fc.pre(url !== null)
      const platform = new URL(head + tail)
      expect(platform.protocol).toBe(`${url.scheme}:`)
      expect(platform.hostname).toBe(url.host)
      expect(new URL(originOf(url)).origin).toBe(platform.origin)
      expect([platform.username, platform.password, platform.hash]).toEqual(['', '', ''])
    }),
    { numRuns: 1000 },
  )
})

test('names a host as a person would', () => {
  expect(placeName({ scheme: 'https', host: 'example.com', port: 443 })).toBe('example.com')
  expect(placeName({ scheme: 'http', host: 'example.com', port: 443 })).toBe('example.com:443')
})
