/** A real OpenID provider (`oidc-provider`) on loopback, and the browser of its users: one knows its password, and agrees, by being named. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import type { Provider } from 'oidc-provider'
import { listen } from './http-service.ts'

export interface ProviderUser {
  readonly id: string
  /** `email`, `email_verified`, `groups`, `preferred_username`. */
  readonly claims: Readonly<Record<string, unknown>>
}

export interface ProviderClient {
  readonly client_id: string
  /** Absent: a public client. */
  readonly client_secret?: string | undefined
  readonly redirect_uris: readonly string[]
  /** Whether it may sign people in by a code; true when absent. */
  readonly device?: boolean | undefined
}

export interface IdentityProviderOptions {
  readonly users: readonly ProviderUser[]
  readonly port?: number | undefined
}

export interface TestIdentityProvider extends AsyncDisposable {
  readonly issuer: string
  /** Method and path of each, in order. */
  readonly requests: readonly string[]
  /** It knows these clients from now on. */
  register(clients: readonly ProviderClient[]): Promise<void>
  /** Whoever goes there in a browser, as that user or as one who declines: where the browser is sent back to. */
  visit(url: string, user: string | null): Promise<URL>
  /** Enters a code at another device. */
  enterCode(userCode: string, user: string | null): Promise<void>
  /** From now on it signs with another key, and no longer knows the old one. */
  rotateKeys(): Promise<void>
  /** Until `resume`, it hangs up on every request. Its port stays its own. */
  interrupt(): void
  resume(): void
  stop(): Promise<void>
}

const userHeader = 'x-test-user'
const nobody = '-'

export async function startIdentityProvider(options: IdentityProviderOptions): Promise<TestIdentityProvider> {
  const requests: string[] = []
  let provider: Provider | null = null
  let isInterrupted = false
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (provider === null || isInterrupted) {
      request.socket.destroy()
      return
    }
    requests.push(`${request.method} ${new URL(request.url ?? '/', 'http://localhost').pathname}`)
    if (request.url?.startsWith('/interaction/')) return decide(provider, request, response)
    await provider.callback()(request, response)
  }
  const service = await listen(answer, { port: options.port })
  const issuer = service.origin
  let keys = [await signingKey()]
  let clients: readonly ProviderClient[] = []
  const renew = async (): Promise<void> => {
    provider = await openProvider(issuer, { users: options.users, clients, keys })
  }
  await renew()
  return {
    issuer,
    requests,
    async register(added) {
      clients = [...clients, ...added]
      await renew()
    },
    visit: (url, user) => new Browser(issuer, user).visit(url),
    async enterCode(userCode, user) {
      await new Browser(issuer, user).enterCode(userCode)
    },
    async rotateKeys() {
      keys = [await signingKey()]
      await renew()
    },
    interrupt() {
      isInterrupted = true
    },
    resume() {
      isInterrupted = false
    },
    stop: service.stop,
    [Symbol.asyncDispose]: service.stop,
  }
}

async function signingKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  return { ...(await exportJWK(privateKey)), kid: crypto.randomUUID(), use: 'sig', alg: 'RS256' }
}

interface Setup {
  readonly users: readonly ProviderUser[]
  readonly clients: readonly ProviderClient[]
  readonly keys: JWK[]
}

async function openProvider(issuer: string, { users, clients, keys }: Setup): Promise<Provider> {
  const { Provider: OpenIdProvider } = await import('oidc-provider')
  return new OpenIdProvider(issuer, {
    clients: clients.map(registration),
    jwks: { keys },
    scopes: ['openid', 'profile', 'email', 'groups'],
    // Those beyond `sub` are told at the userinfo endpoint, as the standard has it.
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['preferred_username'],
      groups: ['groups'],
    },
    features: { devInteractions: { enabled: false }, deviceFlow: deviceFlow() },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    cookies: { keys: ['only-for-tests'] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600, DeviceCode: 600 },
    pkce: { required: () => true },
    findAccount: (_context, id) => {
      const user = users.find((one) => one.id === id)
      return user && { accountId: id, claims: () => ({ sub: id, ...user.claims }) }
    },
  })
}

function registration({ client_id, client_secret, redirect_uris, device = true }: ProviderClient) {
  return {
    client_id,
    ...(client_secret === undefined
      ? { token_endpoint_auth_method: 'none' as const }
      : { client_secret, token_endpoint_auth_method: 'client_secret_basic' as const }),
    redirect_uris: [...redirect_uris],
    response_types: ['code' as const],
    grant_types: ['authorization_code', ...(device ? ['urn:ietf:params:oauth:grant-type:device_code'] : [])],
    scope: 'openid profile email groups',
  }
}

/** Its pages are the bare forms. */
function deviceFlow() {
  const show = (context: { body: unknown }, form: string) => {
    context.body = form
  }
  return {
    enabled: true,
    userCodeInputSource: (context: { body: unknown }, form: string) => show(context, form),
    userCodeConfirmSource: (context: { body: unknown }, form: string) => show(context, form),
    successSource: (context: { body: unknown }) => show(context, 'done'),
  }
}

/** What a user does at the provider: names themselves and agrees, or declines. */
async function decide(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const user = String(request.headers[userHeader])
  const details = await provider.interactionDetails(request, response)
  if (user === nobody) {
    const declined = { error: 'access_denied', error_description: 'the user declined' }
    return provider.interactionFinished(request, response, declined)
  }
  if (details.prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: user } })
  }
  const grant = new provider.Grant({ accountId: user, clientId: String(details.params['client_id']) })
  grant.addOIDCScope(String(details.params['scope']))
  grant.addOIDCClaims(['email', 'email_verified', 'preferred_username', 'groups'])
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
}

/** As much of a browser as a sign-in needs: cookies, redirects and one form. */
class Browser {
  readonly #issuer: string
  readonly #user: string
  readonly #cookies = new Map<string, string>()

  constructor(issuer: string, user: string | null) {
    this.#issuer = issuer
    this.#user = user ?? nobody
  }

  async visit(url: string): Promise<URL> {
    let at = new URL(url)
    for (let steps = 0; steps < 20; steps++) {
      if (at.origin !== this.#issuer) return at
      const { location, text } = await this.#go(at, null)
      if (location === null) throw new Error(`The provider shows a page at ${at.pathname}: ${text.slice(0, 2000)}`)
      at = location
    }
    throw new Error('The provider redirects forever')
  }

  async enterCode(userCode: string): Promise<void> {
    const place = new URL('/device', this.#issuer)
    const { text: form } = await this.#go(place, null)
    const { text: confirm } = await this.#go(place, { xsrf: xsrfIn(form), user_code: userCode })
    let page = await this.#go(place, { xsrf: xsrfIn(confirm), user_code: userCode, confirm: 'yes' })
    for (let steps = 0; page.location !== null && steps < 20; steps++) page = await this.#go(page.location, null)
  }

  async #go(at: URL, form: Record<string, string> | null): Promise<{ location: URL | null; text: string }> {
    const answer = await fetch(at, {
      method: form === null ? 'GET' : 'POST',
      redirect: 'manual',
      headers: {
        cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        [userHeader]: this.#user,
      },
      ...(form !== null && { body: new URLSearchParams(form) }),
    })
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      this.#cookies.set(name, value)
    }
    const location = answer.headers.get('location')
    return { location: location === null ? null : new URL(location, at), text: await answer.text() }
  }
}

const xsrfIn = (form: string): string => /name="xsrf" value="([^"]+)"/.exec(form)?.[1] ?? ''
