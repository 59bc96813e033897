/** A small HTTP or HTTPS server in this process, on a free port. */
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TestCa } from './test-ca.ts'

export interface ListenOptions {
  /** The address to listen on; 127.0.0.1 when absent. */
  host?: string | undefined
  /** 0 or absent: any free port. */
  port?: number | undefined
  /** Speaks TLS with a certificate from this authority. */
  tls?: TestCa | undefined
  /** The name that clients use for it, if not the address; also in its certificate. */
  name?: string | undefined
  /** Additional names in its certificate. */
  alsoNames?: readonly string[] | undefined
}

export interface HttpService extends AsyncDisposable {
  /** `https://name:port`. */
  readonly origin: string
  /** `name:port`. */
  readonly host: string
  readonly port: number
  readonly server: Server
  readonly stop: () => Promise<void>
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

/** If a handler fails, the answer is 500 with the error's text: a test should see its own mistakes. */
export async function listen(handler: Handler, options: ListenOptions = {}): Promise<HttpService> {
  const { host = '127.0.0.1', port = 0, tls, name = host, alsoNames = [] } = options
  const certificate = await tls?.issue([...new Set([name, host, ...alsoNames])])
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    Promise.try(handler, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { 'content-type': 'text/plain' }).end(`The test server failed: ${String(error)}`)
    })
  }
  const server =
    certificate === undefined
      ? createHttpServer(listener)
      : createHttpsServer({ cert: certificate.certPem, key: certificate.keyPem }, listener)
  // On a busy machine, a client may send a request on an idle connection while it is being closed. Clients close theirs themselves.
  server.keepAliveTimeout = 0
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, host, resolve)
  await promise
  const bound = (server.address() as AddressInfo).port
  const stop = async (): Promise<void> => {
    if (!server.listening) return
    const closed = Promise.withResolvers<void>()
    server.close(() => closed.resolve())
    server.closeAllConnections()
    await closed.promise
  }
  return {
    origin: `${tls === undefined ? 'http' : 'https'}://${name}:${bound}`,
    host: `${name}:${bound}`,
    port: bound,
    server,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** The whole body, up to a limit that suffices for every test. */
export async function readBody(request: AsyncIterable<Uint8Array>, limit = 16 * 1024 * 1024): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > limit) throw new Error(`A body of more than ${limit} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
