import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createTcpServer } from 'node:net'
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

/** A frame of HTTP/2 (RFC 9113, section 4.1), by its type, flags, stream and payload. */
function frame(type: number, flags: number, stream: number, payload: Uint8Array = new Uint8Array()): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

const settings = frame(4, 0, 0)
/** A stream 2 that nobody asked for, with `GET http://localhost/`. */
const promise = frame(5, 4, 1, Buffer.from('\0\0\0\x02\x82\x86\x84\x01\x09localhost', 'latin1'))

test('S9: whatever frames answer a call, only the call ends, with a GrpcError', async () => {
  const stream = fc.constantFrom(0, 1, 2, 3)
  const status200 = Buffer.from([0x88])
  const any = fc
    .tuple(fc.nat(10), fc.nat(255), stream, fc.uint8Array({ maxLength: 20 }))
    .map((parts) => frame(...parts))
  const near = fc
    .tuple(fc.constantFrom(0, 1, 3), fc.constantFrom(0, 1, 4, 5), stream)
    .map((parts) => frame(...parts, status200))
  const frames = fc.array(fc.oneof(any, near, fc.constant(promise)), { maxLength: 6 })
  let said = settings
  await using server = createTcpServer((socket) => {
    socket.on('error', () => undefined).once('data', () => socket.end(said))
  })
  await once(server.listen(socketPath), 'listening')
  await fc.assert(
    fc.asyncProperty(frames, async (sent) => {
      said = Buffer.concat([settings, ...sent])
      await expect(call()).rejects.toMatchObject({ name: 'GrpcError' })
    }),
    // It breaks the protocol while a promise is open.
    { examples: [[[promise, frame(0, 0, 1, status200)]]] },
  )
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
