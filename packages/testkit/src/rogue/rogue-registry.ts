/**
 * A registry that misbehaves in a different way under each of its names: `CASE.rogue.test`. It records its requests; where no case applies,
 * it answers as a good registry would.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { basicHeader, type Login } from '../basic-login.ts'
import { listen } from '../servers/http-service.ts'
import { sha256 } from '../images/local-image.ts'
import type { TestCa } from '../servers/test-ca.ts'
import type { Contents, HonestImage } from './contents.ts'
import type { Exchange, RogueCase, Stage, World } from './rogue-case.ts'

export const rogueDomain = 'rogue.test'

export interface RogueRequest {
  readonly case: string
  readonly stage: Stage
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
}

export interface RogueRegistry extends AsyncDisposable {
  readonly requests: readonly RogueRequest[]
  readonly port: number
  /** `CASE.rogue.test:PORT`. */
  readonly hostOf: (name: string) => string
  readonly stop: () => Promise<void>
}

export interface RogueRegistryOptions {
  /** The address to listen on; its names must resolve to it. */
  host: string
  tls: TestCa
  cases: readonly RogueCase[]
  /** The login that may pull. */
  login: Login
  /** The token that it issues for that login. */
  token: string
  imageOf: (name: string) => HonestImage
  world: Omit<World, 'registry'>
}

export async function startRogueRegistry(options: RogueRegistryOptions): Promise<RogueRegistry> {
  const { cases, host, tls, imageOf } = options
  const byName = new Map(
    cases.map((entry) => [entry.name, { entry, contents: contentsOf(entry, imageOf(entry.name)) }]),
  )
  const requests: RogueRequest[] = []
  const attempts = new Map<string, number>()
  const sockets = new Map<number, Socket>()

  const server = await listen(
    async (request, response) => {
      const registry = request.headers.host ?? ''
      const found = byName.get(registry.split('.', 1)[0] ?? '')
      if (found === undefined) {
        response.writeHead(421).end()
        return
      }
      const { entry, contents } = found
      const stage = stageOf(request.url ?? '', contents)
      const counted = `${entry.name} ${stage}`
      const attempt = (attempts.get(counted) ?? 0) + 1
      attempts.set(counted, attempt)
      const { method = '', url = '', headers } = request
      requests.push({ case: entry.name, stage, method, url, headers })
      // Most cases are about a client that hangs up in the middle.
      response.on('error', () => undefined)
      const reset = (): void => void sockets.get(request.socket.remotePort ?? 0)?.resetAndDestroy()
      const exchange = exchangeOf({ request, response, stage, attempt, entry, contents, options, registry, reset })
      await (entry.does?.[stage] ?? exchange.honest)(exchange)
    },
    { host, tls, name: `*.${rogueDomain}` },
  )
  // A reset affects the connection below TLS.
  server.server.on('connection', (socket: Socket) => {
    const { remotePort = 0 } = socket
    sockets.set(remotePort, socket)
    socket.once('close', () => sockets.delete(remotePort))
  })
  return {
    requests,
    port: server.port,
    hostOf: (name) => `${name}.${rogueDomain}:${server.port}`,
    stop: server.stop,
    [Symbol.asyncDispose]: server.stop,
  }
}

const contentsOf = (entry: RogueCase, image: HonestImage): Contents => entry.contents?.(image) ?? image

function stageOf(url: string, { blobs, manifests }: Contents): Stage {
  if (url.startsWith('/token')) return 'token'
  if (url.includes('/manifests/')) return 'manifest'
  const blob = url.split('/blobs/')[1]
  if (blob === undefined) return 'ping'
  const configs = [...manifests.values()].map(
    ({ bytes }) => bytes.toString('utf8').match(/"config":\{[^}]*?(sha256:\w+)/)?.[1],
  )
  return configs.includes(blob) && blobs.has(blob) ? 'config' : 'layer'
}

interface Asked {
  request: IncomingMessage
  response: ServerResponse
  stage: Stage
  attempt: number
  entry: RogueCase
  contents: Contents
  options: RogueRegistryOptions
  registry: string
  reset: () => void
}

function exchangeOf({ request, response, stage, attempt, entry, contents, options, registry, reset }: Asked): Exchange {
  const { login, token } = options
  const isBasic = entry.challenge === 'basic'
  const isAuthorized =
    request.headers.authorization === (isBasic || stage === 'token' ? basicHeader(login) : `Bearer ${token}`)
  const reference = /\/(?:manifests|blobs)\/([^/?]+)$/.exec(request.url ?? '')?.[1] ?? ''
  const content = (stage === 'manifest' ? contents.manifests : contents.blobs).get(reference) ?? null
  const challenge = isBasic ? 'Basic realm="rogue"' : `Bearer realm="https://${registry}/token",service="rogue"`
  const honest = (): void => {
    if (!isAuthorized) return void response.writeHead(401, { 'www-authenticate': challenge }).end('{"errors":[]}')
    if (stage === 'token') return void response.end(JSON.stringify({ token, expires_in: 300 }))
    if (stage === 'ping') return void response.end('{}')
    if (content === null) return void response.writeHead(404).end('{"errors":[{"code":"NAME_UNKNOWN"}]}')
    const { mediaType, bytes } = content
    response.setHeader('docker-content-digest', sha256(bytes))
    response.writeHead(200, { 'content-type': mediaType, 'content-length': bytes.length })
    response.end(request.method === 'HEAD' ? undefined : bytes)
  }
  return { request, response, world: { ...options.world, registry }, attempt, isAuthorized, content, honest, reset }
}
