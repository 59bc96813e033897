/** Where a control plane may be reached. */
import * as fc from 'fast-check'
import type { Problem } from '@fairlead/contract/problems'
import { describe, expect, test } from 'vitest'
import { parseControlPlaneAddress } from './control-plane-address.ts'

describe('parseControlPlaneAddress', () => {
  test.each([
    ['https://fairlead.example.com', 'https://fairlead.example.com', 443],
    ['https://fairlead.example.com:443', 'https://fairlead.example.com', 443],
    ['https://fairlead.example.com:8470/', 'https://fairlead.example.com:8470', 8470],
    ['http://127.0.0.1:8470', 'http://127.0.0.1:8470', 8470],
    ['http://[::1]:8470', 'http://[::1]:8470', 8470],
    ['http://localhost:8470', 'http://localhost:8470', 8470],
  ])('%s is %s', (text, origin, port) => {
    expect(parseControlPlaneAddress(text)).toMatchObject({ origin, port })
  })

  test.each([
    ['http://10.0.0.1:8470', 'PLAIN_HTTP_REFUSED'],
    ['http://localhost.evil.test', 'PLAIN_HTTP_REFUSED'],
    ['https://user:pass@host', 'USAGE'],
    ['https://host/path', 'USAGE'],
    ['https://host?query', 'USAGE'],
    ['https://HOST:99999', 'USAGE'],
    ['ftp://host', 'USAGE'],
    ['host:8470', 'USAGE'],
    ['', 'USAGE'],
  ])('%s is %s', (text, code) => {
    expect(() => parseControlPlaneAddress(text)).toThrow(expect.objectContaining({ code }))
  })

  test('throws nothing but a problem for any text', () => {
    fc.assert(
      fc.property(fc.constantFrom('https://', 'http://', ''), fc.string(), (scheme, rest) => {
        expect(['fine', 'Problem']).toContain(outcome(scheme + rest))
      }),
    )
  })
})

function outcome(text: string): string {
  try {
    parseControlPlaneAddress(text)
    return 'fine'
  } catch (error) {
    return (error as Problem).name
  }
}
