import { isProblem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseOrigin } from './origin.ts'

function codeOf(work: () => unknown): string {
  try {
    work()
    return 'read'
  } catch (error) {
    return isProblem(error) ? error.code : 'a fault'
  }
}

describe('the address of a control plane', () => {
  test.each([
    ['https://fairlead.example.com', 'https://fairlead.example.com'],
    ['https://Fairlead.Example.com:8470/', 'https://fairlead.example.com:8470'],
    ['fairlead.example.com', 'https://fairlead.example.com'],
    ['https://fairlead.example.com:443', 'https://fairlead.example.com'],
    ['http://127.0.0.1:8470', 'http://127.0.0.1:8470'],
    ['http://localhost', 'http://localhost'],
    ['http://[::1]:1', 'http://[::1]:1'],
  ])('%s is read as %s', (text, origin) => expect(parseOrigin(text)).toBe(origin))

  test.each([
    'http://fairlead.example.com',
    'http://10.0.0.1:8470',
    'http://localhost.evil.example.com',
    'http://127.0.0.1.evil.example.com',
  ])('%s would show the token', (text) => expect(codeOf(() => parseOrigin(text))).toBe('PLAIN_HTTP_REFUSED'))

  test.each([
    '',
    'https://',
    'ftp://a.example.com',
    'https://user:pass@a.example.com',
    'https://a.example.com/path',
    'https://a.example.com?x',
    'https://a.example.com#x',
    'https://a.example.com:0',
    'https://a_b.example.com',
    'https://a.example.com:8470:1',
    ' https://a.example.com',
  ])('%j is a usage error', (text) => expect(codeOf(() => parseOrigin(text))).toBe('USAGE'))

  test('no text throws anything but a problem, and a parsed address goes to exactly that host', () => {
    const piece = fc.constantFrom(
      'http',
      'https',
      '://',
      'a.example.com',
      '@',
      ':',
      '8470',
      '/',
      '?',
      '#',
      '[::1]',
      '127.0.0.1',
      ' ',
      '\\',
      '%',
    )
    const text = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.array(piece, { maxLength: 8 }).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, (text) => {
        const code = codeOf(() => parseOrigin(text))
        expect(code).not.toBe('a fault')
        const same = code !== 'read' || new URL(parseOrigin(text)).origin.startsWith('http')
        expect(same).toBe(true)
      }),
    )
  })
})
