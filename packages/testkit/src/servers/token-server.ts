/**
 * The token server of a private registry: a client with the password gets a signed, short-lived token for the scopes that
 * the user may have. Every request is recorded, without its password.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { basicLogin } from '../basic-login.ts'
import { listen, readBody, type ListenOptions } from './http-service.ts'
import { newFolder } from '../run-folder.ts'
import { createTokenSigner, type Access } from './token-signer.ts'

export interface RegistryUser {
  password: string
  /** Repositories, or '*' for all. */
  pull: readonly string[]
  push?: readonly string[]
}

export interface TokenServerOptions extends ListenOptions {
  users: Record<string, RegistryUser>
  /** The registry's name for its token server; the token's audience. */
  service?: string
  /** Repositories that may be pulled without a login. */
  anonymousPull?: readonly string[]
  /** How long the registry accepts a token; 300 s when absent. */
  tokenSeconds?: number
}

export interface TokenRequest {
  readonly time: Date
  readonly method: string
  readonly path: string
  readonly query: Record<string, readonly string[]>
  /** The user whose password was right; null without a login or with a wrong one. */
  readonly user: string | null
  /** Whether the request had any login. */
  readonly login: boolean
  readonly status: number
}

export interface TokenServer extends AsyncDisposable {
  /** The URL that a registry puts in its challenge. */
  readonly realm: string
  readonly service: string
  readonly issuer: string
  /** The certificate that the registry must trust. */
  readonly signingCertFile: string
  readonly requests: readonly TokenRequest[]
  /** Every token that this user got, for searches. */
  tokensOf(user: string): readonly string[]
  rotate(user: string, password: string): void
  /** From now on, how long the registry accepts a new token. */
  setTokenSeconds(seconds: number): void
  readonly stop: () => Promise<void>
}

export async function startTokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const { service = 'test-registry', anonymousPull = [] } = options
  const users = new Map(Object.entries(options.users))
  let tokenSeconds = options.tokenSeconds ?? 300
  const signer = await createTokenSigner({ issuer: 'fairlead-testkit', service })
  const signingCertFile = join(newFolder('token-server'), 'signing.pem')
  await writeFile(signingCertFile, signer.certPem)
  const requests: TokenRequest[] = []
  const issued: { user: string; token: string }[] = []

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://token-server')
    const form =
      request.method === 'POST' ? new URLSearchParams((await readBody(request)).toString()) : url.searchParams
    const login = basicLogin(request.headers.authorization) ?? formLogin(request, form)
    const user = login === null ? undefined : users.get(login.username)
    const known = login !== null && user !== undefined && samePassword(login.password, user.password)
    const answer = (status: number, body: object): void => {
      requests.push({
        time: new Date(),
        method: request.method ?? '',
        path: url.pathname,
        query: queryOf(url.searchParams),
        user: known ? login.username : null,
        login: login !== null,
        status,
      })
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (login !== null && !known) return answer(401, refusal('UNAUTHORIZED', 'incorrect username or password'))
    const rights = user ?? { pull: anonymousPull, push: [] }
    const access = form
      .getAll('scope')
      .flatMap((scopes) => scopes.split(' '))
      .flatMap((scope) => grant(scope, rights))
    const token = await signer.sign({ subject: login?.username ?? '', access, seconds: tokenSeconds })
    if (login !== null) issued.push({ user: login.username, token })
    return answer(200, {
      token,
      access_token: token,
      expires_in: tokenSeconds,
      issued_at: new Date().toISOString(),
    })
  }

  const server = await listen(handle, options)
  return {
    realm: `${server.origin}/token`,
    service,
    issuer: signer.issuer,
    signingCertFile,
    requests,
    tokensOf: (name) => issued.filter(({ user }) => user === name).map(({ token }) => token),
    rotate(name, password) {
      const user = users.get(name)
      if (user === undefined) throw new Error(`The token server knows no user ${name}`)
      users.set(name, { ...user, password })
    },
    setTokenSeconds(seconds) {
      tokenSeconds = seconds
    },
    stop: server.stop,
    [Symbol.asyncDispose]: server.stop,
  }
}

/** The part of one scope, `repository:NAME:pull,push`, that these rights allow; like real servers, it answers with less, not with an error. */
function grant(scope: string, rights: { pull: readonly string[]; push?: readonly string[] }): Access[] {
  const match = /^repository:(?<name>.+):(?<actions>[a-z,*]+)$/.exec(scope)?.groups
  if (match === undefined) return []
  const { name = '', actions = '' } = match
  const covers = (repositories: readonly string[] = []): boolean =>
    repositories.includes('*') || repositories.includes(name)
  const allowed = actions
    .split(',')
    .filter((action) => (action === 'pull' && covers(rights.pull)) || (action !== 'pull' && covers(rights.push)))
  return allowed.length === 0 ? [] : [{ type: 'repository', name, actions: allowed }]
}

/** The OAuth2 form of the request: the login is in the body. */
function formLogin(request: IncomingMessage, form: URLSearchParams): { username: string; password: string } | null {
  const [username, password] = [form.get('username'), form.get('password')]
  return request.method === 'POST' && username !== null && password !== null ? { username, password } : null
}

function samePassword(given: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(right))
}

function refusal(code: string, message: string): object {
  return { errors: [{ code, message, detail: null }] }
}

function queryOf(parameters: URLSearchParams): Record<string, string[]> {
  return Object.fromEntries([...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)]))
}
