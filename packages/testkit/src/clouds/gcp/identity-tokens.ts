/** A machine's identity tokens, signed as Google signs them (RS256), with the keys that verify them (JWKS). */
import { randomBytes } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose'
import type { GoogleMachine } from './machine.ts'

export interface IdentityTokens {
  readonly jwks: { keys: JWK[] }
  /** Claims may be replaced, or omitted with undefined. */
  issue(audience: string, overrides?: Record<string, unknown>): Promise<string>
}

export async function identityTokens(machine: GoogleMachine): Promise<IdentityTokens> {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  const subject = BigInt(`0x${randomBytes(8).toString('hex')}`).toString()
  return {
    jwks: { keys: [{ ...jwk, kid, alg: 'RS256', use: 'sig' }] },
    issue(audience, overrides = {}) {
      const now = Math.floor(Date.now() / 1000)
      const claims = {
        aud: audience,
        azp: subject,
        email: machine.email,
        email_verified: true,
        exp: now + 3600,
        google: {
          compute_engine: {
            instance_creation_timestamp: now - 3600,
            instance_id: machine.instanceId,
            instance_name: machine.instanceName,
            project_id: machine.projectId,
            project_number: Number(machine.projectNumber),
            zone: machine.zone,
          },
        },
        iat: now,
        iss: 'https://accounts.google.com',
        sub: subject,
        ...overrides,
      }
      return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' }).sign(privateKey)
    },
  }
}
