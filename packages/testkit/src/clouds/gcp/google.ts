/**
 * Google as a node sees it: a metadata server on plain http, and behind one TLS server, under Google's own host names, Secret Manager, OAuth,
 * the security token service, and the keys that prove a machine's identity. A caller with its own proxy gets there through `proxyUrl`, which
 * routes those names here and others to their own servers.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { startConnectProxy } from '../../servers/connect-proxy.ts'
import { listen, readBody } from '../../servers/http-service.ts'
import type { TestCa } from '../../servers/test-ca.ts'
import { accessTokens, type AccessTokens } from './access-tokens.ts'
import { refuse, send, type GoogleAnswer } from './answer.ts'
import { identityTokens, type IdentityTokens } from './identity-tokens.ts'
import type { GoogleMachine } from './machine.ts'
import { metadataHandler } from './metadata-server.ts'
import { secretStore, type SecretStore } from './secret-store.ts'
import { tokenEndpoints, type TokenEndpoints } from './token-endpoints.ts'

export interface GoogleOptions {
  readonly ca: TestCa
  readonly host?: string
  readonly machine?: Partial<GoogleMachine>
  /** Numbers for additional projects. */
  readonly projects?: Readonly<Record<string, string>>
}

export interface GoogleRequest {
  readonly host: string
  /** Without the query; it contains a secret's name, never its content. */
  readonly path: string
  readonly member: string | null
  readonly status: number
}

export interface GoogleFaults {
  /** The next n reads are throttled, fail internally, or have a wrong checksum. */
  throttle: number
  failing: number
  damaged: number
  /** Every connection is closed without an answer. */
  down: boolean
  delayMs: number
  /** Reads are refused with this `google.rpc.ErrorInfo` reason. */
  denyReason: string | null
  /** Instead of an answer from Secret Manager. */
  answer: ((response: ServerResponse) => void) | null
  /** The metadata server does not identify itself as Google's. */
  foreignMetadata: boolean
}

export interface Google extends AsyncDisposable {
  readonly machine: GoogleMachine
  readonly secrets: SecretStore
  readonly tokens: AccessTokens
  readonly endpoints: TokenEndpoints
  readonly faults: GoogleFaults
  readonly requests: readonly GoogleRequest[]
  /** The proxy's requests: `host:port`. */
  readonly tunnels: readonly string[]
  /** How many requests the metadata server received. */
  readonly metadataRequests: () => number
  /** `address:port`, for GCE_METADATA_HOST. */
  readonly metadataHost: string
  readonly proxyUrl: string
  /** The TLS server, for a proxy in front of it that has a certificate for `googleNames`. */
  readonly origin: string
  /** From now on, Google's names lead to this port of the same host. */
  readonly leadTo: (port: number) => void
  readonly jwksUrl: string
  readonly issueIdentityToken: IdentityTokens['issue']
  readonly stop: () => Promise<void>
}

const regions = ['europe-west3', 'us-central1'].map((region) => `secretmanager.${region}.rep`)
export const googleNames = ['secretmanager', ...regions, 'oauth2', 'sts', 'www'].map((name) => `${name}.googleapis.com`)

export async function startGoogle({
  ca,
  host = '127.0.0.1',
  machine: given,
  projects = {},
}: GoogleOptions): Promise<Google> {
  const machine: GoogleMachine = {
    projectId: 'my-project',
    projectNumber: '123456789012',
    email: 'cld-1@my-project.iam.gserviceaccount.com',
    instanceId: '4520031799277581759',
    instanceName: 'node-1',
    zone: 'europe-west3-a',
    ...given,
  }
  const tokens = accessTokens()
  const identities = await identityTokens(machine)
  const secrets = secretStore(new Map([...Object.entries(projects), [machine.projectId, machine.projectNumber]]))
  const endpoints = tokenEndpoints(tokens)
  const requests: GoogleRequest[] = []
  const tunnels: string[] = []
  const faults: GoogleFaults = {
    throttle: 0,
    failing: 0,
    damaged: 0,
    down: false,
    delayMs: 0,
    denyReason: null,
    answer: null,
    foreignMetadata: false,
  }
  const strike = (name: 'throttle' | 'failing' | 'damaged'): boolean => faults[name] > 0 && faults[name]-- > 0

  const readSecret = (request: IncomingMessage, name: string): GoogleAnswer => {
    if (strike('throttle')) return refuse(429, 'Quota exceeded', { reason: 'RATE_LIMIT_EXCEEDED' })
    if (strike('failing')) return refuse(503, 'The service is currently unavailable.')
    const principal = tokens.ownerOf(request.headers.authorization)
    if (principal === undefined) return refuse(401, 'Request had invalid authentication credentials.')
    if (faults.denyReason !== null) return refuse(403, 'Refused', { reason: faults.denyReason })
    return secrets.access(name, principal, strike('damaged'))
  }

  const answerFor = async (request: IncomingMessage, asked: string, path: string): Promise<GoogleAnswer> => {
    if (asked === 'oauth2.googleapis.com' && path === '/token') return endpoints.oauth(await formOf(request))
    if (asked === 'sts.googleapis.com' && path === '/v1/token') return endpoints.sts(await formOf(request))
    const [, name = '', location] = /^\/v1\/(projects\/[^/]+(?:\/locations\/([^/]+))?\/.+):access$/.exec(path) ?? []
    const expected = location === undefined ? 'secretmanager' : `secretmanager.${location}.rep`
    // A regional secret exists only at its region's host.
    if (name === '' || asked !== `${expected}.googleapis.com`) return refuse(404, 'Not found')
    return request.method === 'GET' ? readSecret(request, name) : refuse(404, 'Not found')
  }

  const service = await listen(
    async (request, response) => {
      if (faults.down) return void request.socket.destroy()
      if (faults.delayMs > 0) await sleep(faults.delayMs)
      if (request.url === '/oauth2/v3/certs') return send(response, { status: 200, body: identities.jwks })
      const asked = (request.headers.host ?? '').replace(/:\d+$/, '')
      const path = decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/')
      if (faults.answer !== null) return faults.answer(response)
      const answer = await answerFor(request, asked, path)
      const member = tokens.ownerOf(request.headers.authorization)?.member ?? null
      requests.push({ host: asked, path, member, status: answer.status })
      send(response, answer)
    },
    { host, tls: ca, alsoNames: googleNames },
  )

  let metadataRequests = 0
  const isForeign = () => faults.foreignMetadata
  const fromMetadata = metadataHandler({ machine, tokens, identities, isForeign })
  const metadata = await listen(
    (request, response) => {
      metadataRequests += 1
      return fromMetadata(request, response)
    },
    { host },
  )
  let { port } = service
  const proxy = await startConnectProxy({
    host,
    places(target) {
      tunnels.push(target)
      return googleNames.some((name) => target === `${name}:443`) ? `${host}:${port}` : target
    },
  })
  const stop = async (): Promise<void> => {
    await Promise.all([service.stop(), metadata.stop(), proxy[Symbol.asyncDispose]()])
  }
  return {
    machine,
    secrets,
    tokens,
    endpoints,
    faults,
    requests,
    tunnels,
    metadataRequests: () => metadataRequests,
    metadataHost: metadata.host,
    proxyUrl: proxy.url,
    origin: service.origin,
    leadTo: (other) => void (port = other),
    jwksUrl: `${service.origin}/oauth2/v3/certs`,
    issueIdentityToken: (audience, overrides) => identities.issue(audience, overrides),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams((await readBody(request, 64 * 1024)).toString('utf8'))
}
