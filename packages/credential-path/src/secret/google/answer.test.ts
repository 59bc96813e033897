/** S9: any bytes are an answer in the published form, or nothing. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crc32c } from './crc32c.ts'
import { parseAccessAnswer, parseGoogleError } from './answer.ts'
import { parseToken } from './metadata.ts'

const name = 'projects/123456789012/secrets/login/versions/3'
const answer = (payload: Uint8Array, sum = crc32c(payload), named = name): Buffer =>
  Buffer.from(
    JSON.stringify({
      name: named,
      payload: { data: Buffer.from(payload).toString('base64'), dataCrc32c: String(sum) },
    }),
  )

describe('S9: parsing an answer of Secret Manager', () => {
  test('preserves any payload', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), (payload) => {
        const found = parseAccessAnswer(answer(payload))
        expect(found).toMatchObject({ project: '123456789012', location: null, secret: 'login', version: '3' })
        if (found === null || found === 'unchecked') throw new Error('it is not an answer')
        expect(Buffer.from(found.payload).equals(payload)).toBe(true)
      }),
    )
  })

  test('notices one changed bit of the payload', () => {
    const flipped = fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 512 }), fc.nat(), fc.nat(7))
    fc.assert(
      fc.property(flipped, ([payload, at, bit]) => {
        const torn = Uint8Array.from(payload)
        const index = at % payload.length
        torn[index] = (torn[index] ?? 0) ^ (1 << bit)
        expect(parseAccessAnswer(answer(torn, crc32c(payload)))).toBeNull()
      }),
    )
  })

  test('never throws for any bytes, and rejects JSON of another form', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => parseAccessAnswer(bytes) === null))
    fc.assert(fc.property(fc.json(), (text) => parseAccessAnswer(Buffer.from(text)) === null))
  })

  test('distinguishes a missing checksum from damage', () => {
    const data = Buffer.from('x').toString('base64')
    expect(parseAccessAnswer(Buffer.from(JSON.stringify({ name, payload: { data } })))).toBe('unchecked')
  })

  test('limits the decoded size: 65,536 bytes, not one more', () => {
    expect(parseAccessAnswer(answer(new Uint8Array(65_536)))).not.toBeNull()
    expect(parseAccessAnswer(answer(new Uint8Array(65_537)))).toBeNull()
  })

  test.each(['projects/p/secrets/s/versions/latest', 'projects/p/secrets/../versions/1', `${name}/x`, ''])(
    'identifies a version by its number, so rejects %j',
    (named) => {
      expect(parseAccessAnswer(answer(new Uint8Array(), 0, named))).toBeNull()
    },
  )
})

describe('S9: parsing a refusal by Google, or a token', () => {
  test('never throws for any bytes, and passes on only upper-case words of a refusal', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        const { status, reasons } = parseGoogleError(Buffer.from(text))
        expect([status ?? 'NONE', ...reasons].every((word) => /^[A-Z][A-Z0-9_]{0,63}$/.test(word))).toBe(true)
        expect(parseToken(text, 0)).toBeNull()
      }),
    )
  })

  test('rejects a token that has a line break or is too long', () => {
    const token = (text: string) => parseToken(JSON.stringify({ access_token: text, expires_in: 60 }), 1000)
    expect(token('ya29.fine-_~+/=')?.expiresAt).toBe(61_000)
    expect([token('a\r\nx: y'), token(''), token('a'.repeat(16_385))]).toEqual([null, null, null])
  })
})
