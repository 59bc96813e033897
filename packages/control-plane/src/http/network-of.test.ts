import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { networkOf } from './network-of.ts'

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['', ''],
])('%j belongs to the network %j', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

test('all addresses in one /64 belong to one network, and those in another do not', () => {
  const groups = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 })
  const written = (numbers: readonly number[]) => numbers.map((number) => number.toString(16)).join(':')
  fc.assert(
    fc.property(groups, groups, (one, other) => {
      expect(networkOf(written([...one.slice(0, 4), ...other.slice(4)]))).toBe(networkOf(written(one)))
      fc.pre(one[3] !== other[3])
      expect(networkOf(written([...one.slice(0, 3), other[3] ?? 0, ...one.slice(4)]))).not.toBe(networkOf(written(one)))
    }),
  )
})
