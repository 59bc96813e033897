/** A small listener for those who watch this node: answers GET with a line or a page of text, and nothing else. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bareHost, isLoopback, listenProblem, parseHostAndPort, readListenPlace } from '@fairlead/contract/names'

export interface TextListener extends AsyncDisposable {
  /** HOST:PORT to listen on. */
  readonly address: string
}

export interface TextAnswer {
  readonly status: number
  readonly text: string
}

/** `flag`: where the address was given. `answer`: null for what is not here. Throws USAGE and what hinders listening. */
export async function serveText(
  listen: string,
  flag: string,
  answer: (path: string) => TextAnswer | null,
): Promise<TextListener> {
  const { host, port } = readListenPlace(listen, flag)
  const answerTo = ({ method, url = '', headers }: IncomingMessage): TextAnswer => {
    if (!isForUs(host, headers.host)) return { status: 421, text: 'not this host\n' }
    return (method === 'GET' ? answer(url) : null) ?? { status: 404, text: 'not here\n' }
  }
  const server = createServer((request, response) => {
    request.resume()
    const { status, text } = answerTo(request)
    response.writeHead(status, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' })
    response.end(text)
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

/** On loopback, a web page elsewhere could rebind its own name to us; on other addresses, monitoring may have any name for us. */
function isForUs(listening: string, named = ''): boolean {
  return !isLoopback(listening) || isLoopback(parseHostAndPort(named)?.host ?? '')
}

function listenOn(server: Server, host: string, port: number, asked: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(listenProblem(error.code, asked) ?? error)
    })
    server.listen({ host, port }, resolve)
  })
}
