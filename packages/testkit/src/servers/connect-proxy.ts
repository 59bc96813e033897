/** A proxy like a company's: it opens CONNECT tunnels (RFC 9110, section 9.3.6) to the places that it knows, and resolves their names itself. */
import { createServer, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { basicHeader, type Login } from '../basic-login.ts'

export interface ConnectProxyOptions {
  /** `host:port` as requested, and the port of this host where that leads; everything else is refused. Or where each leads, as `host:port`. */
  readonly places: Readonly<Record<string, number>> | ((target: string) => string)
  /** Its address; 127.0.0.1 when absent. */
  readonly host?: string
  /** The login that may use it; absent: no login needed. */
  readonly login?: Login | undefined
}

export interface ConnectProxy extends AsyncDisposable {
  /** `http://[user:password@]host:port`. */
  readonly url: string
  /** Requests, in order: `CONNECT host:port 200`. */
  readonly asked: string[]
}

export async function startConnectProxy({
  places,
  host = '127.0.0.1',
  login,
}: ConnectProxyOptions): Promise<ConnectProxy> {
  const lead = (target: string): string | undefined => {
    if (typeof places === 'function') return places(target)
    return Object.hasOwn(places, target) ? `${host}:${places[target]}` : undefined
  }
  const asked: string[] = []
  const open = new Set<Duplex>()
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''} 405`)
    response.writeHead(405).end()
  })
  server.on('connect', (request, client: Duplex) => {
    track(open, client)
    const place = lead(request.url ?? '')
    const status = !mayUse(request, login) ? 407 : place === undefined ? 403 : 200
    asked.push(`CONNECT ${request.url ?? ''} ${status}`)
    if (status !== 200 || place === undefined) {
      client.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: 0\r\n\r\n`)
      return
    }
    const [name, port] = place.split(':')
    const onward = connect(Number(port), name, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      onward.pipe(client).pipe(onward)
    })
    track(open, onward)
    onward.once('close', () => client.destroy())
    client.once('close', () => onward.destroy())
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, host, resolve)
  await promise
  const { port } = server.address() as AddressInfo
  const user = login ? `${encodeURIComponent(login.username)}:${encodeURIComponent(login.password)}@` : ''
  return {
    url: `http://${user}${host}:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      server.closeAllConnections()
      await closed.promise
    },
  }
}

function mayUse(request: IncomingMessage, login: Login | undefined): boolean {
  return login === undefined || request.headers['proxy-authorization'] === basicHeader(login)
}

function track(open: Set<Duplex>, socket: Duplex): void {
  open.add(socket)
  // Either end may close at any moment; proxies are used to that.
  socket.on('error', () => socket.destroy())
  socket.once('close', () => open.delete(socket))
}
