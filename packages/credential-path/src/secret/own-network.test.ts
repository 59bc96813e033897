/** Where a metadata service may be. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isOnOwnNetwork } from './own-network.ts'

test.each([
  '169.254.169.254',
  '169.254.170.2:80',
  '127.0.0.1:1234',
  'localhost:8080',
  '10.77.0.1:4000',
  '172.31.0.5',
  '192.168.1.1',
  '100.64.0.1',
  '[::1]:80',
  '[fd00:ec2::254]',
  '[fd20:ce::254]:80',
  'metadata.google.internal',
])('%s is on the machine or its own network', (place) => {
  expect(isOnOwnNetwork(place)).toBe(true)
})

test.each([
  '192.0.2.1',
  '8.8.8.8:80',
  '172.32.0.1',
  '100.128.0.1',
  '0.0.0.0:80',
  '[2001:db8::1]',
  '[::ffff:10.0.0.1]',
  'metadata.example.com',
  'metadata.google.internal.example.com',
  'user@10.0.0.1',
  '10.1',
  '',
])('%s is not on either', (place) => {
  expect(isOnOwnNetwork(place)).toBe(false)
})

test('S9: any text is on it or is not, and only two names are', () => {
  fc.assert(fc.property(fc.string(), (text) => typeof isOnOwnNetwork(text) === 'boolean'))
  fc.assert(fc.property(fc.domain(), (name) => !isOnOwnNetwork(name)))
})
