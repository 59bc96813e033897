/**
 * The listening server: http or https, a backlog for 10,000 agents that reconnect at once, and an end that waits for nobody. It takes
 * requests from its first moment on, and holds them until there is an application to answer them (R3).
 */
import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { bareHost, listenProblem } from '@fairlead/contract'
import type { ListenAddress } from './listen-address.ts'
import type { ServerTls } from './tls/server-tls.ts'

/** 511, Node's own, makes a reconnect storm of 10,000 over TLS take many times longer. */
const backlog = 4096
const graceMs = 2000

interface App {
  readonly fetch: Parameters<typeof getRequestListener>[0]
}

export interface Bound {
  readonly port: number
  /** Answers requests with it from now on, those first that came before. */
  serve(app: App): void
  /** Takes no more requests, lets running ones end for two seconds, then cuts. */
  close(): Promise<void>
}

/** Binds first, since the origin may hold the port that the system chose. */
export async function bind(address: ListenAddress, tls: ServerTls | null): Promise<Bound> {
  const server: Server =
    tls === null ? createHttpServer() : createHttpsServer({ cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2' })
  server.keepAliveTimeout = 65_000
  server.requestTimeout = 30_000
  server.headersTimeout = 15_000
  const { promise: app, resolve: serve } = Promise.withResolvers<App>()
  const listener = getRequestListener(async (...request) => (await app).fetch(...request), {
    overrideGlobalObjects: false,
  })
  server.on('request', (request, response) => void listener(request, response))
  await listen(server, address)
  const { port } = server.address() as AddressInfo
  return { port, serve, close: () => close(server) }
}

function listen(server: Server, address: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(listenProblem(error.code, `${address.host}:${address.port}`) ?? error)
    })
    server.listen({ host: bareHost(address.host), port: address.port, backlog }, () => resolve())
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}
