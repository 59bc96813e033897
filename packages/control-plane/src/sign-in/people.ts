/**
 * People sign in at their identity provider: in a browser, with an authorization code that PKCE binds to the tab that began (RFC 7636), or on
 * another device (RFC 8628). Nothing is kept here between the steps: any replica can take the next one.
 */
import { problem, type Problem } from '@fairlead/contract/problems'
import type { BrowserSignIn, DeviceSignIn, FinishBrowserSignIn } from '@fairlead/contract/wire'
import {
  authorizationCodeGrantRequest,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  ClientSecretPost,
  clockSkew,
  clockTolerance,
  deviceAuthorizationRequest,
  deviceCodeGrantRequest,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
  None,
  OperationProcessingError,
  processAuthorizationCodeResponse,
  processDeviceAuthorizationResponse,
  processDeviceCodeResponse,
  processUserInfoResponse,
  ResponseBodyError,
  userInfoRequest,
  validateAuthResponse,
  type Client,
  type ClientAuth,
  type TokenEndpointResponse,
} from 'oauth4webapi'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { withUserInfo, type Claims } from './access-rules.ts'
import {
  byOurFetch,
  IdentityProvider,
  toleranceSeconds,
  type IdTokenClaims,
  type ProviderMetadata,
} from './identity-provider.ts'
import { providerUnreachable } from './provider-fetch.ts'
import { providerProblem } from './provider-problem.ts'
import { isConfidentialUrl, type PeopleSettings } from './settings.ts'

/** Registered at the provider, and a page of the console. */
export const callbackPath = '/sign-in/callback'

export type DeviceProgress = 'pending' | 'slow_down' | IdTokenClaims

/** Every method throws only problems. */
export class PeopleSignIn {
  readonly settings: PeopleSettings
  readonly provider: IdentityProvider
  readonly redirectUri: string
  readonly #clock: Clock

  constructor(settings: PeopleSettings, { origin, clock }: { origin: string; clock: Clock }) {
    this.settings = settings
    this.provider = new IdentityProvider(settings.issuer, clock)
    this.redirectUri = `${origin}${callbackPath}`
    this.#clock = clock
  }

  async startBrowser(): Promise<BrowserSignIn> {
    const { authorization_endpoint: endpoint } = await this.provider.metadata()
    if (endpoint === undefined) throw this.#unusable('it signs nobody in with a browser')
    const kept = {
      state: generateRandomState(),
      nonce: generateRandomNonce(),
      code_verifier: generateRandomCodeVerifier(),
    }
    const url = new URL(endpoint)
    const asked = {
      response_type: 'code',
      client_id: this.settings.client_id,
      redirect_uri: this.redirectUri,
      scope: this.#scope,
      state: kept.state,
      nonce: kept.nonce,
      code_challenge: await calculatePKCECodeChallenge(kept.code_verifier),
      code_challenge_method: 'S256',
    }
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value)
    return { authorization_url: url.href, ...kept }
  }

  async finishBrowser({
    callback,
    state,
    nonce,
    code_verifier: verifier,
  }: FinishBrowserSignIn): Promise<IdTokenClaims> {
    return this.#withProvider(async (server) => {
      const client = this.#client
      const parameters = ofThisSignIn(() => validateAuthResponse(server, client, new URLSearchParams(callback), state))
      const answer = await authorizationCodeGrantRequest(
        server,
        client,
        this.#authentication(server),
        parameters,
        this.redirectUri,
        verifier,
        byOurFetch,
      )
      const tokens = await processAuthorizationCodeResponse(server, client, answer, {
        expectedNonce: nonce,
        requireIdToken: true,
      }).catch((error: unknown) => {
        throw isOfAnotherSignIn(error) ? problem('SIGN_IN_ANSWER_INVALID') : error
      })
      return this.#whoIs(tokens, server)
    })
  }

  async startDevice(): Promise<DeviceSignIn> {
    return this.#withProvider(async (server) => {
      if (server.device_authorization_endpoint === undefined) {
        throw problem('SIGN_IN_DEVICE_NOT_OFFERED', { host: this.provider.host })
      }
      const client = this.#client
      const asked = { scope: this.#scope }
      const answer = await deviceAuthorizationRequest(server, client, this.#authentication(server), asked, byOurFetch)
      const begun = DeviceAnswer.safeParse(await processDeviceAuthorizationResponse(server, client, answer))
      if (!begun.success) throw this.#unusable('its codes for other devices are not those of RFC 8628')
      return begun.data
    })
  }

  /** One question; the caller waits between two of them. */
  async finishDevice(deviceCode: string): Promise<DeviceProgress> {
    return this.#withProvider(async (server) => {
      const client = this.#client
      const authentication = this.#authentication(server)
      const answer = await deviceCodeGrantRequest(server, client, authentication, deviceCode, byOurFetch)
      try {
        return await this.#whoIs(await processDeviceCodeResponse(server, client, answer), server)
      } catch (error) {
        const code = error instanceof ResponseBodyError ? error.error : null
        if (code === 'authorization_pending') return 'pending'
        if (code === 'slow_down') return 'slow_down'
        throw error
      }
    })
  }

  async #withProvider<Result>(work: (server: ProviderMetadata) => Promise<Result>): Promise<Result> {
    try {
      return await work(await this.provider.metadata())
    } catch (error) {
      throw providerProblem(error, this.provider.host)
    }
  }

  /** The claims of the ID token, and those that a provider tells only at its userinfo endpoint. */
  async #whoIs(tokens: TokenEndpointResponse, server: ProviderMetadata): Promise<IdTokenClaims> {
    if (tokens.id_token === undefined) throw this.#unusable('it sends no ID token')
    const judged = await this.provider.judge(tokens.id_token, {
      audience: this.settings.client_id,
      fromStranger: false,
    })
    if (!('claims' in judged)) throw this.#unusable(`of its ID token: ${judged.refusedBecause}`)
    const { claims } = judged
    return withUserInfo(claims, await this.#userInfo(tokens.access_token, claims.sub, server))
  }

  async #userInfo(accessToken: string, subject: string, server: ProviderMetadata): Promise<Claims> {
    if (server.userinfo_endpoint === undefined) return {}
    const client = this.#client
    const answer = await userInfoRequest(server, client, accessToken, byOurFetch)
    return processUserInfoResponse(server, client, subject, answer)
  }

  #unusable(reason: string): Problem {
    return providerUnreachable(this.provider.host, reason)
  }

  get #scope(): string {
    return this.settings.scopes.join(' ')
  }

  get #client(): Client {
    return {
      client_id: this.settings.client_id,
      [clockSkew]: Math.round((this.#clock() - Date.now()) / 1000),
      [clockTolerance]: toleranceSeconds,
    }
  }

  #authentication({ token_endpoint_auth_methods_supported: methods }: ProviderMetadata): ClientAuth {
    const { client_secret: secret } = this.settings
    if (secret === null) return None()
    const isPosted = methods?.includes('client_secret_post') && !methods.includes('client_secret_basic')
    return isPosted ? ClientSecretPost(secret) : ClientSecretBasic(secret)
  }
}

/** State and issuer are compared without asking the provider. */
function ofThisSignIn<Result>(check: () => Result): Result {
  try {
    return check()
  } catch (error) {
    throw error instanceof OperationProcessingError ? problem('SIGN_IN_ANSWER_INVALID') : error
  }
}

function isOfAnotherSignIn(error: unknown): boolean {
  const cause = error instanceof OperationProcessingError ? error.cause : null
  return typeof cause === 'object' && cause !== null && 'claim' in cause && cause.claim === 'nonce'
}

const ShortText = z.string().regex(/^[\x21-\x7e]{1,4096}$/)
const Link = z.string().max(2048).refine(isConfidentialUrl)

/** People read, type and open what is in it. */
const DeviceAnswer = z.object({
  device_code: ShortText,
  user_code: z.string().regex(/^[\x20-\x7e]{1,64}$/),
  verification_uri: Link,
  verification_uri_complete: Link.nullable().default(null),
  expires_in: z.int().min(1).max(86_400),
  interval: z.int().min(1).max(300).default(5),
})
