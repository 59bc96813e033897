/** Just enough of a registry client to fill a registry: it answers Basic and Bearer challenges, from any realm. */
import type { Readable } from 'node:stream'
import { Agent, request, type Dispatcher } from 'undici'
import { basicHeader, type Login } from '../basic-login.ts'
import type { RegistryTarget } from './registry.ts'

export interface RegistryRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** A path, or the URL that the registry returned as a location. */
  path: string
  headers?: Record<string, string>
  /** Opened again for each try. */
  body?: () => Readable | Uint8Array
}

export interface RegistryResponse {
  status: number
  header(name: string): string | undefined
  body: Buffer
}

export interface RegistryClient extends AsyncDisposable {
  readonly send: (request: RegistryRequest) => Promise<RegistryResponse>
}

/** `scope` is the scope to request a token for, such as `repository:team/app:pull,push`. */
export function registryClient(target: RegistryTarget, login: Login | null, scope: string): RegistryClient {
  const dispatcher = new Agent({
    ...(target.caPem !== null && { connect: { ca: target.caPem } }),
    // The upload of a large layer is answered once the registry has all of it.
    headersTimeout: 300_000,
  })
  let authorization: string | undefined

  const once = async ({ method, path, headers, body }: RegistryRequest): Promise<Dispatcher.ResponseData> =>
    request(new URL(path, target.url), {
      dispatcher,
      method,
      headers: { ...headers, ...(authorization !== undefined && { authorization }) },
      body: body?.() ?? null,
    })

  const authorize = async (challenge: string): Promise<void> => {
    const [scheme = ''] = challenge.split(' ', 1)
    if (scheme.toLowerCase() === 'basic') {
      authorization = login === null ? undefined : basicHeader(login)
      return
    }
    const parameters = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    )
    const url = new URL(String(parameters['realm']))
    url.searchParams.set('service', String(parameters['service'] ?? ''))
    url.searchParams.set('scope', scope)
    const answer = await request(url, {
      dispatcher,
      headers: login === null ? {} : { authorization: basicHeader(login) },
    })
    const { token, access_token } = (await answer.body.json()) as { token?: string; access_token?: string }
    if (answer.statusCode !== 200) throw new Error(`${url.origin} gave no token: ${answer.statusCode}`)
    authorization = `Bearer ${token ?? access_token}`
  }

  return {
    async send(message) {
      let response = await once(message)
      const challenge = response.headers['www-authenticate']
      if (response.statusCode === 401 && typeof challenge === 'string') {
        await response.body.dump()
        await authorize(challenge)
        response = await once(message)
      }
      const { statusCode, headers } = response
      return {
        status: statusCode,
        header: (name) => [headers[name]].flat()[0],
        body: Buffer.from(await response.body.arrayBuffer()),
      }
    },
    [Symbol.asyncDispose]: () => dispatcher.close(),
  }
}
