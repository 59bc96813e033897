/**
 * A link to a server that is far away: each connection waits for its round trips, and gets no more than its rate. Linux's own (`tc netem`) is not in
 * every kernel.
 */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { TcpAddress } from '../tcp-balancer.ts'

export interface FarLink {
  readonly roundTripMs: number
  /** Of each connection, in each direction. */
  readonly bytesPerSecond: number
}

export interface FarLinkOptions extends FarLink {
  readonly to: TcpAddress
  readonly host?: string
}

export interface FarServer extends TcpAddress, AsyncDisposable {}

export async function startFarLink({ to, host = '127.0.0.1', ...link }: FarLinkOptions): Promise<FarServer> {
  const sockets = new Set<Socket>()
  const track = (socket: Socket): void => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  }
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const far = connect({ ...to, allowHalfOpen: true })
    for (const [from, into] of [
      [client, far],
      [far, client],
    ] as const) {
      track(from)
      carry(from, into, link)
    }
  })
  server.listen(0, host)
  await once(server, 'listening')
  return {
    host,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** What one side sends arrives at the other later, in order: an end as well, but a broken connection at once. */
function carry(from: Socket, into: Socket, { roundTripMs, bytesPerSecond }: FarLink): void {
  const bytesPerMs = bytesPerSecond / 1000
  const window = 2 * roundTripMs * bytesPerMs + 2 ** 20
  const underway: { readonly chunk: Buffer | null; readonly at: number }[] = []
  let bytes = 0
  // This side has connected at once; far away that takes a round trip.
  let freeAt = performance.now() + roundTripMs
  let timer: NodeJS.Timeout | undefined

  const send = (chunk: Buffer | null): void => {
    freeAt = Math.max(freeAt, performance.now()) + (chunk?.length ?? 0) / bytesPerMs
    bytes += chunk?.length ?? 0
    underway.push({ chunk, at: freeAt + roundTripMs / 2 })
    if (bytes > window) from.pause()
    timer ??= setTimeout(arrive, roundTripMs / 2)
  }
  const arrive = (): void => {
    timer = undefined
    for (let first = underway[0]; first !== undefined && first.at <= performance.now(); first = underway[0]) {
      underway.shift()
      bytes -= first.chunk?.length ?? 0
      if (first.chunk === null) into.end()
      else into.write(first.chunk)
    }
    const [next] = underway
    if (next !== undefined) timer = setTimeout(arrive, Math.max(0, next.at - performance.now()))
    if (bytes <= window && !into.writableNeedDrain) from.resume()
  }
  into.on('drain', () => {
    if (bytes <= window) from.resume()
  })
  from.on('data', send)
  from.on('end', () => send(null))
  from.on('error', () => into.resetAndDestroy())
  from.on('close', (hadError) => {
    if (hadError) clearTimeout(timer)
  })
}
