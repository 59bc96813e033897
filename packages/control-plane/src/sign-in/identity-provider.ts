/** An identity provider: what it says of itself, asked when first needed and again each hour, and whether an ID token is its own. */
import { isLoopback } from '@fairlead/contract/names'
import { isProblem } from '@fairlead/contract/problems'
import {
  createRemoteJWKSet,
  customFetch as customKeyFetch,
  errors,
  jwtVerify,
  type JWTVerifyGetKey,
  type RemoteJWKSet,
} from 'jose'
import {
  allowInsecureRequests,
  customFetch,
  discoveryRequest,
  processDiscoveryResponse,
  type AuthorizationServer,
} from 'oauth4webapi'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Claims } from './access-rules.ts'
import { fetchFromProvider, providerUnreachable } from './provider-fetch.ts'
import { isConfidentialUrl } from './settings.ts'

/** A provider elsewhere may not have the control plane ask what listens on this machine, where plain http is allowed. */
function mayName(issuer: URL, endpoint: string): boolean {
  return isConfidentialUrl(endpoint) && (isLoopback(issuer.hostname) || !isLoopback(new URL(endpoint).hostname))
}

export type ProviderMetadata = AuthorizationServer & { readonly jwks_uri: string }

/** The part of its metadata that is used here; the library checks the rest. Throws if it cannot be used. */
export function usableMetadata(issuer: URL, found: AuthorizationServer): ProviderMetadata {
  const endpoint = z.string().refine((text) => mayName(issuer, text))
  const used = z.object({
    jwks_uri: endpoint,
    authorization_endpoint: endpoint.optional(),
    token_endpoint: endpoint.optional(),
    userinfo_endpoint: endpoint.optional(),
    device_authorization_endpoint: endpoint.optional(),
    token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  })
  return { ...found, jwks_uri: used.parse(found).jwks_uri }
}

/** How requests to it are made, as the library takes it. */
export const byOurFetch = {
  [customFetch]: fetchFromProvider,
  // Our own fetch allows plain http on loopback only.
  // oxlint-disable-next-line typescript/no-deprecated -- see above
  [allowInsecureRequests]: true,
}

interface Discovered {
  readonly metadata: ProviderMetadata
  readonly keys: RemoteJWKSet
  readonly at: number
}

const rememberedMs = 60 * 60 * 1000
/** A key that is not known yet, as after a rotation, is looked for at most once in this time. */
const keysEveryMs = 1_000
/** Clocks differ. */
export const toleranceSeconds = 30
/** Signatures that only the holder of a private key can make: neither `none` nor a shared secret. */
const algorithms = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ')

export type JudgedIdToken = { readonly claims: IdTokenClaims } | { readonly refusedBecause: string }
export type IdTokenClaims = Claims & { readonly iss: string; readonly sub: string }

export class IdentityProvider {
  readonly #issuer: URL
  readonly #clock: Clock
  #discovered: Promise<Discovered> | null = null

  constructor(issuer: string, clock: Clock) {
    this.#issuer = new URL(issuer)
    this.#clock = clock
  }

  get host(): string {
    return this.#issuer.host
  }

  isNamed(issuer: string): boolean {
    return URL.parse(issuer)?.href === this.#issuer.href
  }

  /** Throws IDENTITY_PROVIDER_UNREACHABLE. */
  async metadata(): Promise<ProviderMetadata> {
    return (await this.#discover()).metadata
  }

  /** Whether it issued that token for this audience, and the token is valid now. Throws IDENTITY_PROVIDER_UNREACHABLE. */
  async judge(token: string, expected: Pick<Expected, 'audience' | 'fromStranger'>): Promise<JudgedIdToken> {
    const { metadata, keys } = await this.#discover()
    try {
      return await judgeIdToken(token, { ...expected, issuer: metadata.issuer, keys, now: this.#clock() })
    } catch (error) {
      if (isProblem(error)) throw error
      throw providerUnreachable(this.host, 'it gives no keys that its ID tokens could be verified with')
    }
  }

  async #discover(): Promise<Discovered> {
    const now = this.#clock()
    const known = await this.#discovered?.catch(() => null)
    if (known && now - known.at < rememberedMs) return known
    const asking = discover(this.#issuer, now)
    this.#discovered = asking
    return asking.catch((error: unknown) => {
      // An identity provider that was down is asked again next time.
      if (this.#discovered === asking) this.#discovered = null
      throw error
    })
  }
}

async function discover(issuer: URL, at: number): Promise<Discovered> {
  try {
    const answer = await discoveryRequest(issuer, byOurFetch)
    const metadata = usableMetadata(issuer, await processDiscoveryResponse(issuer, answer))
    const keys = createRemoteJWKSet(new URL(metadata.jwks_uri), {
      [customKeyFetch]: fetchFromProvider,
      cooldownDuration: keysEveryMs,
    })
    return { metadata, keys, at }
  } catch (error) {
    if (isProblem(error)) throw error
    throw providerUnreachable(
      issuer.host,
      'what it says of itself is not that of an identity provider with this issuer',
    )
  }
}

interface Expected {
  readonly issuer: string
  readonly audience: string
  /** Otherwise the provider itself answered with it; `azp` then says whose it is (OpenID Connect Core 3.1.3.7). */
  readonly fromStranger: boolean
  readonly keys: JWTVerifyGetKey
  readonly now: number
}

const IdTokenClaims = z.looseObject({ iss: z.string(), sub: z.string().min(1).max(255) })

/** Throws what prevents the judgement: keys that cannot be fetched. */
export async function judgeIdToken(
  token: string,
  { issuer, audience, fromStranger, keys, now }: Expected,
): Promise<JudgedIdToken> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms,
      issuer,
      audience,
      requiredClaims: ['exp', 'iat'],
      currentDate: new Date(now),
      clockTolerance: toleranceSeconds,
    })
    // Whoever received a token for several audiences could use it at the others.
    if (fromStranger && [payload.aud].flat().length !== 1) return { refusedBecause: 'it is for other audiences, too' }
    if ((payload.iat ?? 0) > now / 1000 + toleranceSeconds) return { refusedBecause: 'it was issued in the future' }
    const claims = IdTokenClaims.safeParse(payload)
    return claims.success ? { claims: claims.data } : { refusedBecause: 'it does not say whose it is' }
  } catch (error) {
    const refusedBecause = error instanceof errors.JOSEError ? refusalOf(error, audience) : null
    if (refusedBecause === null) throw error
    return { refusedBecause }
  }
}

/** Null if it is not the token's fault. Nothing of the token is repeated. */
function refusalOf(error: errors.JOSEError, audience: string): string | null {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return null
  if (error.code === errors.JOSEError.code) return null
  if (error instanceof errors.JWTExpired) return 'it has expired'
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return `its audience is not ${audience}`
    if (error.claim === 'iss') return 'it is from another issuer'
    return 'a claim that it needs is missing, or does not hold now'
  }
  const forged = [errors.JWSSignatureVerificationFailed, errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys]
  if (forged.some((kind) => error instanceof kind)) return 'its signature is not by a key of its issuer'
  if (error instanceof errors.JOSEAlgNotAllowed) return 'its kind of signature is not accepted'
  return 'it is no ID token'
}
