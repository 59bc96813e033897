/**
 * A plain TCP balancer: each new connection goes to the next server in turn, skipping those that refuse it. It knows neither TLS nor HTTP,
 * and does no health checks.
 */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface TcpAddress {
  readonly host: string
  readonly port: number
}

export interface TcpBalancer extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** The servers that get connections from now on. */
  readonly setServers: (servers: readonly TcpAddress[]) => void
  /** How many connections each server has now, by `host:port`. */
  readonly open: () => ReadonlyMap<string, number>
  readonly stop: () => Promise<void>
}

export async function startTcpBalancer({
  host = '127.0.0.1',
  port = 0,
}: Partial<TcpAddress> = {}): Promise<TcpBalancer> {
  let servers: readonly TcpAddress[] = []
  let turn = 0
  const clients = new Set<Socket>()
  const counts = new Map<string, number>()
  const count = (name: string, by: number): void => void counts.set(name, (counts.get(name) ?? 0) + by)

  const serve = async (client: Socket): Promise<void> => {
    clients.add(client)
    client.on('close', () => clients.delete(client))
    client.on('error', () => undefined)
    const inTurn = servers.map((_, index) => servers[(turn + index) % servers.length] as TcpAddress)
    turn += 1
    for (const address of inTurn) {
      const server = await connected(address)
      if (server === null) continue
      const name = `${address.host}:${address.port}`
      count(name, 1)
      server.on('close', () => count(name, -1))
      join(client, server)
      return
    }
    client.resetAndDestroy()
  }
  const listener = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => void serve(client))
  listener.listen(port, host)
  await once(listener, 'listening')

  const stop = async (): Promise<void> => {
    for (const client of clients) client.destroy()
    if (!listener.listening) return
    listener.close()
    await once(listener, 'close')
  }
  return {
    host,
    port: (listener.address() as AddressInfo).port,
    setServers(next) {
      servers = next
    },
    open: () => counts,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

async function connected({ host, port }: TcpAddress): Promise<Socket | null> {
  const socket = connect({ host, port, allowHalfOpen: true })
  try {
    await once(socket, 'connect')
    return socket
  } catch {
    return null
  }
}

/** Each side gets what the other sends, ends or breaks off. */
function join(client: Socket, server: Socket): void {
  for (const [from, into] of [
    [client, server],
    [server, client],
  ] as const) {
    from.on('error', () => into.resetAndDestroy())
    from.on('close', () => into.destroySoon())
    from.pipe(into)
  }
  if (client.destroyed) server.destroy()
}
