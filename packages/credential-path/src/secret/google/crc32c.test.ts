import { expect, test } from 'vitest'
import { crc32c } from './crc32c.ts'

const counting = Uint8Array.from({ length: 32 }, (_, index) => index)

test.each([
  ['nothing', new Uint8Array(), 0],
  ['the check value of its definition', Buffer.from('123456789'), 0xe3069283],
  ['32 bytes of zeroes', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['32 incrementing bytes', counting, 0x46dd794e],
  ['32 decrementing bytes', Uint8Array.from(counting).reverse(), 0x113fdb5c],
])('computes the published checksum of %s (RFC 3720, B.4)', (_, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected)
})
