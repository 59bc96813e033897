import { isProblem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { thrown } from './testing/thrown.ts'
import { defaultOrigin, readListenAddress, readOrigin } from './listen-address.ts'

test.each([
  ['127.0.0.1:8470', { host: '127.0.0.1', port: 8470, loopback: true }],
  ['localhost:0', { host: 'localhost', port: 0, loopback: true }],
  ['[::1]:80', { host: '[::1]', port: 80, loopback: true }],
  ['0.0.0.0:8470', { host: '0.0.0.0', port: 8470, loopback: false }],
  ['10.77.0.1:0', { host: '10.77.0.1', port: 0, loopback: false }],
])('%s is a listen address', (text, expected) => {
  expect(readListenAddress(text)).toEqual(expected)
})

test.each(['8470', '127.0.0.1', '127.0.0.1:', ':8470', '127.0.0.1:99999', 'http://127.0.0.1:1', '127.1:80'])(
  '%s is not',
  (text) => {
    expect(() => readListenAddress(text)).toThrow('--listen')
  },
)

test('an origin is a scheme and a host, in lower case', () => {
  expect(readOrigin('https://Control.Example.com:8443/').origin).toBe('https://control.example.com:8443')
  expect(() => readOrigin('https://a/b')).toThrow('--origin')
})

test('reads any text, or rejects it as a usage error', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const errors = [readListenAddress, readOrigin].map((read) => thrown(() => read(text)))
      return errors.every((error) => error === null || isProblem(error, 'USAGE'))
    }),
  )
})

test('without an origin it uses the address, or the machine’s name if it listens on all addresses', () => {
  expect(defaultOrigin(readListenAddress('127.0.0.1:0'), 81, false)).toBe('http://127.0.0.1:81')
  expect(defaultOrigin(readListenAddress('[::]:80'), 80, true)).toMatch(/^https:\/\/[^[]+:80$/)
})
