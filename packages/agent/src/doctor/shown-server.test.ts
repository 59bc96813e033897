import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { shownServer } from './shown-server.ts'

test.each([
  ['other.example.com', 'other.example.com'],
  ['https://other.example.com:5000/v2/', 'other.example.com:5000'],
  ['localhost', 'localhost'],
  ['hunter2', null],
  [`dckr_pat_${'a'.repeat(27)}`, null],
  ['user:pass@other.example.com', null],
  ['correct horse.battery', null],
  ['other.example.com\u001B[2J', null],
  ['', null],
  [`${'a234567890.'.repeat(20)}example.com`, `${'a234567890.'.repeat(20).slice(0, 199)}…`],
])('the server %j is shown as %j', (server, shown) => {
  expect(shownServer(server)).toBe(shown)
})

test('S25: any server is shown as plain ASCII of a host, cut at 200', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: anyCharacter }), fc.domain(), fc.webUrl()), (server) => {
      expect(shownServer(server) ?? 'a').toMatch(/^[A-Za-z0-9.:[\]_-]{1,200}…?$/)
    }),
  )
})
