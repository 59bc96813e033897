/** A listener for monitoring: this node's counts, and a sign that the process answers. Off unless the node's owner asks for it. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bareHost, listenProblem, readListenPlace } from '@fairlead/contract/names'
import type { AgentMetrics } from './agent-metrics.ts'

export interface MetricsListener extends AsyncDisposable {
  /** HOST:PORT to listen on. */
  readonly address: string
}

export async function serveMetrics(listen: string, metrics: AgentMetrics): Promise<MetricsListener> {
  const { host, port } = readListenPlace(listen, '--metrics-listen')
  const server = createServer((request, response) => {
    request.resume()
    const found = request.method === 'GET' ? textAt(request.url, metrics) : null
    response.writeHead(found === null ? 404 : 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' })
    response.end(found ?? 'not here\n')
  })
  server.requestTimeout = 10_000
  server.maxConnections = 16
  await listenOn(server, bareHost(host), port, listen)
  const at = server.address() as AddressInfo
  return {
    address: `${host}:${at.port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function textAt(path: string | undefined, metrics: AgentMetrics): string | null {
  if (path === '/metrics') return metrics.text()
  return path === '/healthz' ? 'ok\n' : null
}

function listenOn(server: Server, host: string, port: number, asked: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(listenProblem(error.code, asked) ?? error)
    })
    server.listen({ host, port }, resolve)
  })
}
