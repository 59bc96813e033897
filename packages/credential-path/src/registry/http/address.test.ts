/** S15: addresses that no registry may have, in every notation. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressKind } from './address.ts'

describe('S15: an address', () => {
  test.each([
    ['93.184.216.34', 'public'],
    ['10.1.2.3', 'public'],
    ['172.16.0.1', 'public'],
    ['192.168.1.1', 'public'],
    ['2001:db8::1', 'public'],
    ['fd12:3456::1', 'public'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['64:ff9b::127.0.0.1', 'loopback'],
    ['0.0.0.0', 'refused'],
    ['0.1.2.3', 'refused'],
    ['::', 'refused'],
    ['169.254.169.254', 'refused'],
    ['169.254.170.2', 'refused'],
    ['::ffff:169.254.169.254', 'refused'],
    ['::ffff:a9fe:a9fe', 'refused'],
    ['::169.254.169.254', 'refused'],
    ['64:ff9b::a9fe:a9fe', 'refused'],
    ['64:ff9b:1::a9fe:a9fe', 'refused'],
    ['2002:a9fe:a9fe::1', 'refused'],
    ['::ffff:0:169.254.169.254', 'refused'],
    ['fd00:ec2::254', 'refused'],
    ['fd20:ce::254', 'refused'],
    ['fd00:c1::a9fe:a9fe', 'refused'],
    ['fd00:42::42', 'refused'],
    ['fd00:a9fe:a9fe::1', 'refused'],
    ['fd00:100::100:200', 'refused'],
    ['fe80::1', 'refused'],
    ['fe80::1%eth0', 'refused'],
    ['febf::1', 'refused'],
    ['ff02::1', 'refused'],
    ['224.0.0.1', 'refused'],
    ['255.255.255.255', 'refused'],
    ['100.100.100.200', 'refused'],
    ['168.63.129.16', 'refused'],
    ['', 'refused'],
    ['example.com', 'refused'],
    ['127.1', 'refused'],
  ])('%s is %s', (address, kind) => {
    expect(addressKind(address)).toBe(kind)
  })

  test('S9: has the same kind in IPv4 and inside an IPv6 one', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
        const sixToFour = `2002:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}::1`
        // Mapped, translated, NAT64 of RFC 6052 and of RFC 8215.
        const inside = ['::ffff:', '::ffff:0:', '64:ff9b::', '64:ff9b:1::', '64:ff9b:1:2:3:4:'].map(
          (net) => net + address,
        )
        for (const written of [...inside, sixToFour]) {
          expect([written, addressKind(written)]).toEqual([written, addressKind(address)])
        }
      }),
    )
  })

  test('S9: has a kind for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV6()), (text) => {
        expect(addressKind(text)).toBeOneOf(['public', 'loopback', 'refused'])
      }),
    )
  })
})
