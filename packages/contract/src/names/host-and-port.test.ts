import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bareHost, formatHostAndPort, isLoopback, parseHostAndPort, sameHostAndPort } from './host-and-port.ts'

describe('parseHostAndPort', () => {
  test.each([
    ['registry.example.com', 'registry.example.com', null],
    ['Registry.Example.COM:5000', 'registry.example.com', 5000],
    ['a', 'a', null],
    ['127.0.0.1:65535', '127.0.0.1', 65535],
    ['[2001:DB8::1]:443', '[2001:db8::1]', 443],
    ['[::]', '[::]', null],
    ['1.2.3.4.example', '1.2.3.4.example', null],
    [`${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}:65535`, null, 65535],
  ])('reads %s', (text, host, port) => {
    expect(parseHostAndPort(text)).toEqual({ host: host ?? text.slice(0, -6), port })
  })

  test.each(
    [
      ['', ':', ':80', 'a:', 'a:0', 'a:080', 'a:65536', 'a:1a', 'a:5000/', 'a:5 ', 'a b', 'a/b', 'a@b', 'http://a'],
      [
        'a.',
        '.a',
        'a..b',
        '-a',
        'a-',
        'a_b',
        'a%2e',
        `${'a'.repeat(64)}.b`,
        `${'a.'.repeat(126)}ab`,
        'ä',
        'a\u212a',
        'a\n',
      ],
      ['1', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.256', '0x1', 'a.0x', 'a.0xff', 'a.1', '1.2.3.4.'],
      [
        '::1',
        '[]',
        '[::1',
        '::1]',
        '[::1]a',
        '[::1]:',
        '[::1]::1',
        '[1::2::3]',
        '[0::1]',
        '[::01]',
        '[1:2:3:4:5:6:7::]',
      ],
      [
        '[::ffff:1.2.3.4]',
        '[::ffff:102:304]',
        '[fe80::1%1]',
        '[1.2.3.4]',
        '[a]',
        '[:]',
        '[:::]',
        '[1:2:3:4:5:6:7:8:9]',
        '[g::]',
      ],
    ].flat(),
  )('refuses %j', (text) => {
    expect(parseHostAndPort(text)).toBeNull()
  })

  test('printing a parsed text gives it in lower case, for any accepted text', () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from('aF09.:-[]')), maxLength: 12 })
    const six = fc.ipV6().map((address) => `[${address}]`)
    fc.assert(
      fc.property(fc.oneof(text, six, fc.ipV4(), fc.domain()), (input) => {
        const parsed = parseHostAndPort(input)
        fc.pre(parsed !== null)
        expect(formatHostAndPort(parsed)).toBe(input.toLowerCase())
      }),
      { numRuns: 2000 },
    )
  })

  test('exactly one text of an IPv6 address is accepted, the one that URL prints', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 }),
        (groups) => {
          const long = `[${groups.map((group) => group.toString(16)).join(':')}]`
          const canonical = new URL(`http://${long}/`).hostname
          const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
          expect(parseHostAndPort(canonical)?.host ?? null).toBe(isMapped ? null : canonical)
          expect(parseHostAndPort(long) === null || long === canonical).toBe(true)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('a URL parser reads any accepted text as the same host', () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from('ax0179.-')), minLength: 1, maxLength: 10 })
    fc.assert(
      fc.property(fc.oneof(text, fc.ipV4Extended(), fc.domain()), (input) => {
        const host = parseHostAndPort(input)?.host
        // URL may refuse a punycode label for what it encodes; here it is plain ASCII.
        fc.pre(host !== undefined && !host.includes('xn--'))
        expect(new URL(`https://${input}/`).hostname).toBe(host)
      }),
      { numRuns: 3000 },
    )
  })

  test('no input throws', () => {
    fc.assert(fc.property(fc.anything(), (input) => void parseHostAndPort(input as string)))
  })
})

test.each([
  ['localhost', true],
  ['LOCALHOST', true],
  ['127.0.0.1', true],
  ['127.255.255.254', true],
  ['[::1]', true],
  ['a.localhost', false],
  ['127.1', false],
  ['127.0.0.1.example.com', false],
  ['0.0.0.0', false],
  ['128.0.0.1', false],
  ['[::]', false],
  ['::1', false],
  ['', false],
])('isLoopback(%j) is %j', (host, expected) => {
  expect(isLoopback(host)).toBe(expected)
})

test('a missing port is the default port, and no other', () => {
  const at = (port: number | null, host = 'a') => ({ host, port })
  expect(sameHostAndPort(at(null), at(443), { defaultPort: 443 })).toBe(true)
  expect(sameHostAndPort(at(null), at(80), { defaultPort: 443 })).toBe(false)
  expect(sameHostAndPort(at(null), at(80), { defaultPort: 80 })).toBe(true)
  expect(sameHostAndPort(at(443), at(443, 'b'), { defaultPort: 443 })).toBe(false)
})

test.each([
  ['[::1]', '::1'],
  ['127.0.0.1', '127.0.0.1'],
  ['registry.example.com', 'registry.example.com'],
])('%s is %s to a socket', (host, bare) => {
  expect(bareHost(host)).toBe(bare)
})
