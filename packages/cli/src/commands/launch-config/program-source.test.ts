import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseProgramSource } from './program-source.ts'

const hash = 'ab'.repeat(32)

test('installs nothing unless an address is given', () => {
  expect(parseProgramSource(undefined, undefined)).toBeNull()
  expect(parseProgramSource('https://example.com/a/fairlead-x64', hash)).toEqual({
    url: 'https://example.com/a/fairlead-x64',
    sha256: hash,
  })
})

test.each([
  ['an address without a hash', 'https://example.com/f', undefined],
  ['a hash without an address', undefined, hash],
  ['a short hash', 'https://example.com/f', 'ab'],
  ['plain http', 'http://example.com/f', hash],
  ['a login in the address', 'https://u:p@example.com/f', hash],
  ['a query, which may hold a token', 'https://example.com/f?token=1', hash],
  ['another program', 'file:///bin/sh', hash],
])('rejects %s', (_what, url, sha256) => {
  expect(() => parseProgramSource(url, sha256)).toThrow('--install')
})

test('any text is an address without white space and quotes, or rejected', () => {
  const part = fc.constantFrom('https://', 'a.example.com', '/', ':', '@', '?', '#', "'", ' ', '\n', '$(id)', '8470')
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: part })), (url) => {
      expect(outcomeOf(url)).toMatch(/^(?:https:\/\/[^\s'"`$@?#]+|refused: --install-from takes .+)$/)
    }),
  )
})

function outcomeOf(url: string): string {
  try {
    return parseProgramSource(url, hash)?.url ?? ''
  } catch (error) {
    return `refused: ${(error as Error).message}`
  }
}
