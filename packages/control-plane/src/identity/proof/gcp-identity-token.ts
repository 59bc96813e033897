/** A Google Cloud machine proves its identity with an identity token from its metadata server, whose audience contains J (S18). */
import { problem } from '@fairlead/contract/problems'
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'
import { refused } from './aws-caller-identity.ts'
import type { ProvenMachine } from './proven-machine.ts'

export const googleKeysUrl = new URL('https://www.googleapis.com/oauth2/v3/certs')
const issuer = 'https://accounts.google.com'

export interface ExpectedAccount {
  readonly projectId: string
  /** The email of the service account. */
  readonly account: string
}

/** A Compute Engine machine, as named by Google. */
export interface GoogleMachine {
  readonly project: string
  readonly instance: string
  readonly email: string
}

/** `audience` contains J. Throws NODE_PROOF_REFUSED, or CLOUD_IDENTITY_UNREACHABLE if Google's keys are unavailable. */
export async function readIdentityToken(
  token: string,
  audience: string,
  keys: JWTVerifyGetKey,
  now: number,
): Promise<GoogleMachine> {
  const payload = await verified(token, audience, keys, now)
  const claims = Claims.safeParse(payload)
  if (!claims.success) throw refused('the token is not that of a machine of Compute Engine')
  const { email, google } = claims.data
  const { project_id: project, instance_id: instance } = google.compute_engine
  return { project, instance, email }
}

/** Throws NODE_PROOF_REFUSED. */
export function judgeGoogleMachine(
  { project, instance, email }: GoogleMachine,
  expected: ExpectedAccount,
): ProvenMachine {
  if (project !== expected.projectId) throw refused('it is of another project')
  if (email !== expected.account) throw refused('the machine runs as another account than the nodes of this cloud')
  return { identity: { principal: email, instance }, instanceKey: `gcp:${project}:${instance}`, roleId: null }
}

/** `format=full` of the metadata server adds the machine's claims. */
const Claims = z.object({
  email: z.email().max(320),
  email_verified: z.literal(true),
  google: z.object({
    compute_engine: z.object({
      project_id: z.string().min(1).max(128),
      instance_id: z.string().regex(/^\d{1,20}$/),
    }),
  }),
})

async function verified(token: string, audience: string, keys: JWTVerifyGetKey, now: number): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['RS256'],
      issuer,
      audience,
      requiredClaims: ['exp', 'iat'],
      currentDate: new Date(now),
      clockTolerance: 30,
    })
    // With several audiences, one token would be valid for several joins.
    if (payload.aud !== audience) throw refused('the token is for another audience')
    return payload
  } catch (error) {
    if (error instanceof errors.JOSEError && !isKeysProblem(error))
      throw refused('the token is not one of Google’s for this join')
    if (error instanceof Error && error.name === 'Problem') throw error
    throw problem('CLOUD_IDENTITY_UNREACHABLE', { host: googleKeysUrl.host })
  }
}

const isKeysProblem = (error: errors.JOSEError): boolean =>
  error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error.code === 'ERR_JOSE_GENERIC'
