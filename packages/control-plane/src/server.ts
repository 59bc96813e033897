/**
 * The listening server: HTTP/1.1, over TLS also HTTP/2 (ADR 42); a backlog for 10,000 agents that reconnect at once, and a shutdown that waits for no
 * client. It accepts requests immediately, and holds them until there is an application to answer them (R3).
 */
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { getRequestListener } from '@hono/node-server'
import { bareHost, listenProblem } from '@fairlead/contract/names'
import type { ListenAddress } from './listen-address.ts'
import type { Certificate } from './tls/certificate.ts'

export type Incoming = IncomingMessage | Http2ServerRequest
export type Outgoing = ServerResponse | Http2ServerResponse

interface App {
  readonly fetch: Parameters<typeof getRequestListener>[0]
}

export interface Bound {
  readonly port: number
  /** Uses it to answer requests from now on, starting with those already held. */
  serve(app: App): void
  /** Presents another certificate to new connections from now on. */
  present(certificate: Certificate): void
  /** Accepts no more requests, gives running ones two seconds to finish, then cuts them. */
  close(): Promise<void>
}

/** 511, Node's default, makes a reconnect storm of 10,000 over TLS take many times longer. */
const backlog = 4096
/** As long as an agent waits for it. With less, a fleet that returns to a slow machine would be cut off in the middle, and begin again. */
const handshakeMs = 30_000
const graceMs = 2000
/** Longer than the longest poll, and than the pause between two lines of an event stream. */
const idleMs = 75_000

const http1Limits = {
  keepAliveTimeout: 65_000,
  headersTimeout: 15_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
}

/** The limits of one connection; Node's own limits on resets, pings and settings are unchanged. */
const http2Limits = {
  settings: { enablePush: false, maxConcurrentStreams: 100, maxHeaderListSize: 16 * 1024 },
  /** Megabytes, most of which is data not yet sent. */
  maxSessionMemory: 4,
}

const tlsSettings = ({ cert, key }: Certificate) => ({ cert, key, minVersion: 'TLSv1.2' }) as const

/** Binds first, since the origin may contain the port that the system chose. */
export async function bind(address: ListenAddress, certificate: Certificate | null): Promise<Bound> {
  const { promise: app, resolve: serve } = Promise.withResolvers<App>()
  const listener = getRequestListener(async (...request) => (await app).fetch(...request))
  const answer = (request: Incoming, response: Outgoing) => void listener(request, response)
  const { server, present } = certificate === null ? plainServer(answer) : secureServer(answer, certificate)
  const sockets = socketsOf(server)
  await listen(server, address)
  const { port } = server.address() as AddressInfo
  return { port, serve, present, close: () => close(server, sockets) }
}

type Answer = (request: Incoming, response: Outgoing) => void

interface Listening {
  readonly server: Server
  readonly present: Bound['present']
}

function plainServer(answer: Answer): Listening {
  return { server: Object.assign(createPlainServer(answer), http1Limits), present: () => undefined }
}

function secureServer(answer: Answer, certificate: Certificate): Listening {
  const server = createSecureServer(
    { ...tlsSettings(certificate), ...http2Limits, allowHTTP1: true, handshakeTimeout: handshakeMs },
    answer,
  )
  // Before Node's own listener, which begins the session.
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    if (socket.alpnProtocol === 'h2') server.once('session', (session) => limitSession(session, socket))
  })
  return {
    server: Object.assign(server, http1Limits),
    present: (renewed) => server.setSecureContext(tlsSettings(renewed)),
  }
}

/** A session that has ended waits for its last bytes to be sent, for ever if its client takes none: so its socket does not wait for it. */
function limitSession(session: ServerHttp2Session, socket: TLSSocket): void {
  session.setTimeout(idleMs, () => session.destroy())
  const look = setInterval(() => {
    if (session.destroyed) socket.destroy()
  }, idleMs)
  socket.once('close', () => clearInterval(look))
}

function socketsOf(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

function listen(server: Server, address: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(listenProblem(error.code, `${address.host}:${address.port}`) ?? error)
    })
    server.listen({ host: bareHost(address.host), port: address.port, backlog }, () => resolve())
  })
}

/** Node closes idle connections, and tells HTTP/2 clients to send no more. */
function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => {
      for (const socket of sockets) socket.destroy()
    }, graceMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
  })
}
