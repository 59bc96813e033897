/**
 * A CI platform or an API server on loopback that issues ID tokens to its jobs or pods, as GitHub and Kubernetes do: a document that says where its
 * keys are, and the keys.
 */
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose'
import { listen } from './http-service.ts'
import type { TestCa } from './test-ca.ts'

export interface TokenIssuer extends AsyncDisposable {
  readonly issuer: string
  /** Its public key. */
  publicKey(): JWK
  /** A token with these claims, good for ten minutes unless they say otherwise. */
  issue(claims: JWTPayload): Promise<string>
  rotateKeys(): Promise<void>
}

/** `tls`: it is served over TLS, with a certificate of this authority. */
export async function startTokenIssuer({ tls }: { tls?: TestCa } = {}): Promise<TokenIssuer> {
  let key = await newKey()
  const service = await listen(
    ({ url }, response) => {
      const documents: Readonly<Record<string, unknown>> = {
        '/.well-known/openid-configuration': { issuer: service.origin, jwks_uri: `${service.origin}/jwks` },
        '/jwks': { keys: [key.jwk] },
      }
      const document = documents[url ?? '']
      response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(document ?? {}))
    },
    { tls },
  )
  return {
    issuer: service.origin,
    publicKey: () => key.jwk,
    async issue(claims) {
      const now = Math.floor(Date.now() / 1000)
      return new SignJWT({ iss: service.origin, iat: now, exp: now + 600, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: key.jwk.kid ?? '' })
        .sign(key.privateKey)
    },
    async rotateKeys() {
      key = await newKey()
    },
    [Symbol.asyncDispose]: () => service.stop(),
  }
}

async function newKey(): Promise<{ privateKey: CryptoKey; jwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid: crypto.randomUUID(), alg: 'ES256', use: 'sig' } }
}
