import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readFramedOutput } from './framed-output.ts'

function frame(stream: 1 | 2, text: string): Buffer {
  const body = Buffer.from(text)
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(body.length, 4)
  return Buffer.concat([header, body])
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

describe('the framed output of a container', () => {
  test('splits into its streams, however it is chunked', async () => {
    const frames = fc.array(fc.tuple(fc.constantFrom(1 as const, 2 as const), fc.string({ maxLength: 20 })))
    await fc.assert(
      fc.asyncProperty(frames, fc.integer({ min: 1, max: 30 }), async (parts, size) => {
        const bytes = Buffer.concat(parts.map(([stream, text]) => frame(stream, text)))
        const text = (wanted?: number) =>
          Buffer.concat(parts.filter(([stream]) => (wanted ?? stream) === stream).map(([, text]) => Buffer.from(text)))
        expect(await readFramedOutput(inPieces(bytes, size))).toEqual({
          stdout: text(1).toString(),
          stderr: text(2).toString(),
          both: text().toString(),
        })
      }),
    )
  })

  test('is truncated at the limit, but read to its end', async () => {
    const bytes = Buffer.concat([frame(1, 'a'.repeat(100)), frame(2, 'b'.repeat(5)), frame(1, 'c')])
    expect(await readFramedOutput(inPieces(bytes, 7), 10)).toEqual({
      stdout: 'a'.repeat(10),
      stderr: 'bbbbb',
      both: 'a'.repeat(10),
    })
  })

  test('S9: is truncated at 64 KiB if nothing else is said', async () => {
    const { stdout, both } = await readFramedOutput(inPieces(frame(1, 'a'.repeat(100_000)), 10_000))
    expect([stdout.length, both.length]).toEqual([65_536, 65_536])
  })

  test('allocates no memory for a frame that claims four gigabytes', async () => {
    const header = Buffer.from([1, 0, 0, 0, 255, 255, 255, 255])
    expect(await readFramedOutput(inPieces(Buffer.concat([header, Buffer.from('x')]), 3))).toMatchObject({
      stdout: 'x',
    })
  })

  test('ends for any input', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), fc.integer({ min: 1, max: 20 }), async (bytes, size) => {
        expect(await readFramedOutput(inPieces(bytes, size))).toHaveProperty('both')
      }),
    )
  })
})
