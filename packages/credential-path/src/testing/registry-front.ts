/** A TLS front for a registry, for tests: it records requests, and cuts layers midway or holds them back on request. */
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'

export interface FrontRequest {
  readonly method: string
  readonly path: string
  readonly range: string | null
}

export interface RegistryFront extends AsyncDisposable {
  /** `H:P`, as in an image's name. */
  readonly host: string
  readonly requests: FrontRequest[]
  /** Cuts this many of the next large answers after that many bytes. */
  cut(times: number, afterBytes: number): void
  /** Sends only this many bytes of each large answer, until released. */
  hold(afterBytes: number): () => void
}

export interface FrontOptions {
  readonly address: string
  readonly cert: string
  readonly key: string
  /** The registry behind it, with the CA that signed both. */
  readonly registryPort: number
  readonly ca: string
}

export async function startRegistryFront(options: FrontOptions): Promise<RegistryFront> {
  const requests: FrontRequest[] = []
  let cuts = 0
  let cutAfter = 0
  let holdAfter = Infinity
  const server = createServer({ cert: options.cert, key: options.key }, (asked, answer) => {
    const { method = 'GET', url: path = '/', headers } = asked
    requests.push({ method, path, range: headers.range ?? null })
    const onward = { host: options.address, port: options.registryPort, ca: options.ca, method, path, headers }
    const forwarded = request(onward, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers)
      const isCut = cuts > 0 && Number(response.headers['content-length'] ?? 0) > cutAfter
      if (isCut) cuts -= 1
      let sent = 0
      response.on('data', (chunk: Buffer) => {
        sent += chunk.length
        if (sent > holdAfter) response.pause()
        else if (!isCut || sent <= cutAfter) answer.write(chunk)
        else answer.destroy()
      })
      response.on('end', () => answer.end())
      response.on('error', () => answer.destroy())
    })
    forwarded.on('error', () => answer.destroy())
    forwarded.end()
  })
  await new Promise<void>((resolve) => server.listen({ host: options.address, port: 0 }, resolve))
  return {
    host: `${options.address}:${(server.address() as AddressInfo).port}`,
    requests,
    cut(times, afterBytes) {
      cuts = times
      cutAfter = afterBytes
    },
    hold(afterBytes) {
      holdAfter = afterBytes
      return () => void (holdAfter = Infinity)
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
