/** Sits in front of any server and passes bytes until told not to; for faults below HTTP. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface TcpProxyOptions {
  to: { host: string; port: number }
  host?: string
  port?: number
}

export interface TcpProxy extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** How many connections were accepted. */
  readonly accepted: number
  /**
   * `pass`; `refuse` new connections; `reset` them once accepted; `silence`: accept, and pass nothing more, including on
   * existing connections.
   */
  readonly setMode: (mode: TcpMode) => Promise<void>
  /** Ends the existing connections. */
  readonly cut: () => void
  readonly stop: () => Promise<void>
}

export type TcpMode = 'pass' | 'refuse' | 'reset' | 'silence'

export async function startTcpProxy({ to, host = '127.0.0.1', port = 0 }: TcpProxyOptions): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let mode: TcpMode = 'pass'
  let accepted = 0

  const server = createServer((client) => {
    accepted += 1
    if (mode === 'reset') {
      client.resetAndDestroy()
      return
    }
    const upstream = connect(to.port, to.host)
    const pair = [client, upstream] as const
    pairs.add(pair)
    for (const [from, into] of [pair, [upstream, client] as const]) {
      from.on('error', () => into.destroy())
      from.on('close', () => {
        into.destroy()
        pairs.delete(pair)
      })
      from.pipe(into)
    }
    if (mode === 'silence') silence(pair)
  })
  const open = (at: number): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    server.once('error', reject)
    server.listen(at, host, resolve)
    return promise
  }
  const shut = (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    server.close(() => resolve())
    return promise
  }
  await open(port)
  const bound = (server.address() as AddressInfo).port
  const cut = (): void => {
    for (const [client] of pairs) client.destroy()
  }
  const stop = async (): Promise<void> => {
    cut()
    if (server.listening) await shut()
  }
  return {
    host,
    port: bound,
    get accepted() {
      return accepted
    },
    async setMode(next) {
      mode = next
      if (next === 'refuse' && server.listening) {
        cut()
        await shut()
      }
      if (next !== 'refuse' && !server.listening) await open(bound)
      for (const pair of pairs) {
        if (next === 'silence') silence(pair)
        else resume(pair)
      }
    },
    cut,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function silence([client, upstream]: readonly [Socket, Socket]): void {
  client.unpipe(upstream).pause()
  upstream.unpipe(client).pause()
}

function resume([client, upstream]: readonly [Socket, Socket]): void {
  silence([client, upstream])
  client.pipe(upstream)
  upstream.pipe(client)
}
