/** How much of standard input a helper reads. */
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { readStdin } from './standard-streams.ts'

test('S9: an input of 64 KiB is read whole, and of a longer one nothing is used', async () => {
  const pieces = (size: number) => Readable.from([Buffer.alloc(size - 1, 'x'), Buffer.from('y')])
  expect(await readStdin(pieces(64 * 1024))).toBe('x'.repeat(64 * 1024 - 1) + 'y')
  const longer = pieces(64 * 1024 + 1)
  expect(await readStdin(longer)).toBeNull()
  expect(longer.destroyed).toBe(true)
})
