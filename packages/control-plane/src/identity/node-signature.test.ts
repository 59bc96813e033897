import { createHash, sign } from 'node:crypto'
import { isProblem } from '@fairlead/contract/problems'
import { nodeHeaders, nodeRequestText } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { nodeKey } from '../testing/test-node.ts'
import { thrown } from '../testing/thrown.ts'
import { nodePublicKey, readSignature, requireSignature } from './node-signature.ts'

const now = 1_790_000_000_000
const origin = 'https://control.example.com'
const key = nodeKey()
const session = `nse_${'a'.repeat(26)}`
const body = Buffer.from('{"a":1}')

function signed(part: { method?: string; path?: string; session?: string; body?: Uint8Array } = {}) {
  const request = { method: 'POST', path: '/x?y=1', session, body, ...part }
  const text = nodeRequestText({
    method: request.method,
    origin,
    path: request.path,
    bodySha256: createHash('sha256').update(request.body).digest('hex'),
    session: request.session,
    timestamp: now,
  })
  return sign(null, Buffer.from(text), key.privateKey)
}

const verify = (bytes: Uint8Array, part: object = {}, at = now) =>
  requireSignature(
    { method: 'POST', path: '/x?y=1', body, header: () => undefined, ...part },
    { session, timestamp: now, bytes, ...part },
    nodePublicKey(key.publicKey),
    origin,
    at,
  )

test('accepts the signature of exactly this request, within five minutes', () => {
  expect(() => verify(signed())).not.toThrow()
  expect(() => verify(signed(), {}, now + 300_000)).not.toThrow()
  expect(() => verify(signed(), {}, now + 300_001)).toThrow('not signed')
  expect(() => verify(signed(), {}, now - 300_001)).toThrow('not signed')
})

test.each([
  ['method', { method: 'GET' }],
  ['path', { path: '/x?y=2' }],
  ['body', { body: Buffer.from('{"a":2}') }],
  ['session', { session: `nse_${'b'.repeat(26)}` }],
])('rejects the signature of a request with another %s', (_, part) => {
  expect(() => verify(signed(part))).toThrow('not signed')
})

test('rejects a signature with any one bit flipped', () => {
  const whole = signed()
  fc.assert(
    fc.property(fc.nat(whole.length * 8 - 1), (bit) => {
      const bytes = Uint8Array.from(whole)
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => verify(bytes)).toThrow('not signed')
    }),
  )
})

test('reads or rejects headers with any text, and throws nothing else', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...Object.values(nodeHeaders)), fc.string()), (sent) => {
      const error = thrown(() => readSignature((name) => sent[name]))
      return error === null || isProblem(error, 'NODE_SIGNATURE_INVALID')
    }),
  )
})
