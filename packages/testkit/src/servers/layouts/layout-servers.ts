/**
 * Registries of many products, each under its documented names: also their realms and object stores, all on one address. Behind them is one
 * real registry with real images. Requests to each name are recorded.
 */
import { request as askBackend, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen } from '../http-service.ts'
import type { Registry } from '../registry.ts'
import type { TestCa } from '../test-ca.ts'
import type { Answer, Product } from './product.ts'
import { signedLinks } from './signed-links.ts'
import { TokenBook } from './token-book.ts'

export interface LayoutRequest {
  /** What was requested; `nothing`: a name that has nothing to do with it. */
  readonly part: 'registry' | 'realm' | 'store' | 'nothing'
  /** host[:port], as the client sent it. */
  readonly host: string
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
}

export interface LayoutServers extends AsyncDisposable {
  readonly requests: readonly LayoutRequest[]
  readonly forget: () => void
  readonly tokensOf: (product: Product) => readonly string[]
}

export interface LayoutServersOptions {
  /** The address to listen on, which all names must resolve to. */
  host: string
  tls: TestCa
  products: readonly Product[]
  /** Without a login; has a product's image as `NAME/app`. */
  backend: Pick<Registry, 'port'>
}

/** host[:port] of every part of a product. */
export function placesOf({ contact, realm, store }: Product): readonly string[] {
  return [...new Set([contact, ...(realm ? [realm.host] : []), ...(store ? [store.host] : [])])]
}

export async function startLayoutServers(options: LayoutServersOptions): Promise<LayoutServers> {
  await using parts = new AsyncDisposableStack()
  const { host, tls, products } = options
  const requests: LayoutRequest[] = []
  const tokens = new TokenBook()
  const front = frontOf(options, tokens, requests)
  const places = [...new Set(products.flatMap(placesOf))]
  const names = [...new Set(places.map((place) => place.split(':')[0] ?? place))]
  for (const port of new Set(places.map((place) => Number(place.split(':')[1] ?? 443)))) {
    parts.use(await listen(front, { host, port, tls, alsoNames: names }))
  }
  const owned = parts.move()
  return {
    requests,
    forget() {
      requests.length = 0
    },
    tokensOf: (product) => tokens.tokensOf(product),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function frontOf({ products, backend }: LayoutServersOptions, tokens: TokenBook, requests: LayoutRequest[]) {
  const links = signedLinks()
  /** Which product's blob each link points to: products of one vendor may share a store. */
  const linked = new Map<string, Product>()

  function realmAnswer(product: Product, url: URL, { headers }: IncomingMessage): Answer {
    const caller = tokens.byLogin(product, headers.authorization)
    const issue = (prefix?: string): string => tokens.issue(product, caller, prefix)
    return product.realm?.answer(caller, url.searchParams.get('scope'), issue) ?? { status: 404 }
  }

  /** Null if the real registry answers. */
  function registryAnswer(product: Product, path: string, { method = '', headers }: IncomingMessage): Answer | null {
    const caller = tokens.byAuthorization(product, headers.authorization)
    const isPing = path === '/v2/'
    if (caller !== 'reader' && caller !== 'outsider') return product.refuse(caller, isPing)
    if (isPing) return { status: 200, body: {} }
    if (caller === 'outsider') return product.deny()
    if (!path.startsWith(`/v2/${product.repository}/`)) return product.missing('repository')
    const digest = /\/blobs\/(sha256:[0-9a-f]{64})$/.exec(path)?.[1]
    if (digest !== undefined && product.store) {
      const location = links.to(product.store, digest)
      linked.set(location, product)
      return { status: product.store.status, headers: { location } }
    }
    return path.includes('/manifests/') ? (product.meter?.count(method) ?? null) : null
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url: asked = '/', headers } = request
    const host = headers.host ?? ''
    const url = new URL(asked, 'https://layout')
    const note = (part: LayoutRequest['part']): void => void requests.push({ part, host, method, url: asked, headers })

    const realms = products.filter(({ realm }) => realm?.host === host && realm.path === url.pathname)
    const scope = url.searchParams.get('scope')
    const realm = realms.find(({ repository }) => scope?.includes(`:${repository}:`)) ?? realms[0]
    if (realm) {
      note('realm')
      return send(response, realmAnswer(realm, url, request))
    }
    const registry = products.find(({ contact }) => contact === host)
    if (registry && url.pathname.startsWith('/v2/')) {
      note('registry')
      const answer = registryAnswer(registry, url.pathname, request)
      if (answer) return send(response, answer)
      const path = url.pathname.replace(`/v2/${registry.repository}/`, `/v2/${registry.name}/app/`)
      return forward(path, registry.missing('tag'), registry.meter?.headers() ?? {}, request, response)
    }
    const store = products.find((product) => product.store?.host === host)?.store
    if (store) {
      note('store')
      const refusal = links.refusal(store, asked, headers.authorization)
      if (refusal) return send(response, refusal)
      const name = linked.get(`https://${host}${asked}`)?.name
      const digest = /[0-9a-f]{64}/.exec(asked)?.[0]
      return forward(`/v2/${name}/app/blobs/sha256:${digest}`, { status: 404 }, {}, request, response)
    }
    note('nothing')
    send(response, { status: 421 })
  }

  function forward(
    path: string,
    missing: Answer,
    more: Readonly<Record<string, string>>,
    { method = 'GET', headers }: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const passed = Object.fromEntries(
      Object.entries(headers).filter(([name]) => name === 'accept' || name === 'range'),
    ) as Record<string, string>
    const asked = askBackend({ host: '127.0.0.1', port: backend.port, path, method, headers: passed }, (answer) => {
      if (answer.statusCode === 404) {
        answer.resume()
        send(response, missing)
        return resolve()
      }
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...more })
      answer.pipe(response)
      answer.on('end', resolve)
      answer.on('error', reject)
    })
    asked.on('error', reject)
    asked.end()
    return promise
  }
}

function send(response: ServerResponse, { status, headers = {}, body = '' }: Answer): void {
  const type = typeof body === 'string' ? 'text/plain' : 'application/json'
  response.writeHead(status, { 'content-type': type, 'docker-distribution-api-version': 'registry/2.0', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}
