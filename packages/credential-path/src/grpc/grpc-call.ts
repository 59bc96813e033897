/** One gRPC call to a service on a unix socket, such as containerd: HTTP/2, one message there and one back. */
import { connect as connectHttp2, constants, type IncomingHttpHeaders } from 'node:http2'
import { connect } from 'node:net'
import { printable } from '@fairlead/contract/problems'
import { bytesUpTo } from '../process/bytes-up-to.ts'
import { interruption } from '../process/until-aborted.ts'

export interface GrpcCall {
  readonly socketPath: string
  /** `/package.Service/Method`. */
  readonly method: string
  readonly message: Uint8Array
  /** Metadata, by names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
}

/** The service's refusal; `message` is in its own words. */
export interface GrpcRefusal {
  readonly status: number
  readonly message: string
}

export type GrpcAnswer = { readonly message: Uint8Array } | { readonly refusal: GrpcRefusal }

const longestAnswer = 8 * 1024 * 1024
const prefixBytes = 5

/** Throws a GrpcError; the signal's reason or INTERRUPTED. */
export async function callGrpc(call: GrpcCall, signal: AbortSignal): Promise<GrpcAnswer> {
  const { socketPath, method, message, headers = {} } = call
  if (signal.aborted) throw interruption(signal)
  const session = connectHttp2('http://localhost', {
    createConnection: () => connect(socketPath),
    settings: { enablePush: false },
  })
  const { promise: failed, reject } = Promise.withResolvers<never>()
  failed.catch(() => {})
  session.on('error', reject)
  const abort = (): void => session.destroy()
  signal.addEventListener('abort', abort, { once: true })
  try {
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: method,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    })
    stream.end(framed(message))
    let ended: IncomingHttpHeaders = {}
    // A refusal may come without a body: then the first headers are the last.
    stream.on('response', (headers) => (ended = headers))
    stream.on('trailers', (headers) => (ended = headers))
    const body = await Promise.race([bytesUpTo(longestAnswer, stream, tooLong), failed])
    return answerOf(ended, body)
  } catch (error) {
    if (signal.aborted) throw interruption(signal)
    throw error instanceof GrpcError ? error : new GrpcError(reasonOf(error))
  } finally {
    signal.removeEventListener('abort', abort)
    session.destroy()
  }
}

/** What headers and body of an answer mean. */
export function answerOf(headers: IncomingHttpHeaders, body: Uint8Array): GrpcAnswer {
  const status = Number(headers['grpc-status'] ?? Number.NaN)
  if (!Number.isSafeInteger(status)) throw new GrpcError('it does not answer as gRPC')
  if (status !== 0) return { refusal: { status, message: percentDecoded(String(headers['grpc-message'] ?? '')) } }
  const length = body.length < prefixBytes ? -1 : Buffer.from(body).readUInt32BE(1)
  // The first byte says whether it is compressed, which nobody asked for.
  if (body[0] !== 0 || length !== body.length - prefixBytes) throw new GrpcError('it does not answer as gRPC')
  return { message: body.subarray(prefixBytes) }
}

function framed(message: Uint8Array): Uint8Array {
  const prefix = Buffer.alloc(prefixBytes)
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

const tooLong = () => new GrpcError('its answer is too long')

/** As gRPC escapes a message; what is not escaped correctly stays as it is. */
export function percentDecoded(text: string): string {
  const bytes = text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/** The other side does not answer, is no gRPC service, or not any more. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError'
}

const reasonOf = (error: unknown): string => printable(error instanceof Error ? error.message : 'unknown')
