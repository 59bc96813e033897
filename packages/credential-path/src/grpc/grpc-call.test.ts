import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { answerOf, callGrpc, percentDecoded } from './grpc-call.ts'

const never = new AbortController().signal

let folder: string
let socketPath: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grpc-'))
  socketPath = join(folder, 'service.sock')
})
afterEach(() => rm(folder, { recursive: true }))

/** A service that answers one call in this way. */
async function serving(answer: (stream: ServerHttp2Stream, asked: Buffer) => void, work: () => Promise<void>) {
  const server = createServer()
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    const parts: Buffer[] = []
    stream.on('data', (part: Buffer) => parts.push(part))
    stream.on('end', () => answer(stream, Buffer.concat([Buffer.from(`${headers[':path']} `), ...parts])))
  })
  await once(server.listen(socketPath), 'listening')
  try {
    await work()
  } finally {
    server.close()
  }
}

const call = (signal = never) =>
  callGrpc({ socketPath, method: '/a.Service/Method', message: Buffer.from('hi') }, signal)

describe('a call', () => {
  test('sends the message, and returns the one that comes back', async () => {
    let said = ''
    const answer = (stream: ServerHttp2Stream, asked: Buffer): void => {
      said = asked.toString('latin1')
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      stream.end(Buffer.from('\0\0\0\0\x03you', 'latin1'))
    }
    await serving(answer, async () => {
      expect(await call()).toEqual({ message: Buffer.from('you') })
    })
    expect(said).toBe('/a.Service/Method \0\0\0\0\x02hi')
  })

  test('returns a refusal in the words of the service', async () => {
    const answer = (stream: ServerHttp2Stream): void => {
      const refusal = { 'grpc-status': '12', 'grpc-message': 'unknown service %C3%A9' }
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...refusal }, { endStream: true })
    }
    await serving(answer, async () => {
      expect(await call()).toEqual({ refusal: { status: 12, message: 'unknown service é' } })
    })
  })

  test('that nobody answers is an error', async () => {
    await expect(call()).rejects.toMatchObject({ name: 'GrpcError', message: expect.stringContaining('ENOENT') })
  })

  test('that breaks off is an error', async () => {
    await serving(
      (stream) => stream.session?.destroy(),
      () => expect(call()).rejects.toMatchObject({ name: 'GrpcError' }),
    )
  })

  test.each([
    [8 * 1024 * 1024, 'an answer'],
    [8 * 1024 * 1024 + 1, 'its answer is too long'],
  ])('S9: that is answered with %d bytes gets %s', async (length, expected) => {
    const body = Buffer.alloc(length)
    body.writeUInt32BE(length - 5, 1)
    const answer = (stream: ServerHttp2Stream): void => {
      stream.respond({ ':status': 200, 'grpc-status': '0' })
      stream.on('error', () => undefined).end(body)
    }
    await serving(answer, async () => {
      const outcome = call().then(
        () => 'an answer',
        (error: unknown) => (error instanceof Error ? error.message : ''),
      )
      expect(await outcome).toBe(expected)
    })
  })

  test('ends when its signal does', async () => {
    const stop = new AbortController()
    await serving(
      () => stop.abort(),
      () => expect(call(stop.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' }),
    )
    await expect(call(stop.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' })
  })
})

test('an answer is a message, a refusal, or not gRPC, whatever its bytes are', () => {
  const status = fc.constantFrom('0', '5', '', 'x', undefined)
  fc.assert(
    fc.property(status, fc.uint8Array({ maxLength: 20 }), (said, body) => {
      const read = () => answerOf(said === undefined ? {} : { 'grpc-status': said }, body)
      expect(nameOfOutcome(read)).toMatch(/^(answer|GrpcError)$/)
    }),
  )
})

function nameOfOutcome(read: () => unknown): string {
  try {
    read()
    return 'answer'
  } catch (error) {
    return error instanceof Error ? error.name : 'something else'
  }
}

test('an escaped text is read as it was written', () => {
  const escaped = (text: string): string =>
    [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(percentDecoded(escaped(text))).toBe(text)
    }),
  )
  expect(percentDecoded('100%, and %4 is no escape')).toBe('100%, and %4 is no escape')
})
