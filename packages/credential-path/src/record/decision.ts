/** Decides about a login in one pull: pure, so that each line of the pull record can be traced to one rule. */
import { isProblem, type ProblemCode } from '@fairlead/contract/problems'
import { type PullDecision } from '@fairlead/contract/wire'
import type { NodePolicy } from '../policy/node-policy.ts'
import type { LoginUse } from '../registry/image/pull-ticket.ts'
import type { ImageProof } from './ledger-entry.ts'

/** How the named login matches the image; `none`: no secret was named. */
export type LoginFit = 'none' | 'fits' | 'other-registry'

/** S24: a named login for another registry stops the start, unless the node's own file says anonymous. */
export function decideLogin(fit: LoginFit, onMismatch: NodePolicy['on_mismatch']): PullDecision {
  if (fit === 'none') return 'anonymous_no_secret'
  if (fit === 'fits') return 'authenticated'
  return onMismatch === 'anonymous' ? 'anonymous_mismatch_allowed' : 'refused'
}

/** A login counts once the registry has proved that it knows it; an image served to anyone proves nothing. */
export function provedDecision(taken: PullDecision, use: LoginUse): PullDecision {
  return taken === 'authenticated' && use !== 'proved' ? 'anonymous_login_unproved' : taken
}

/** With these, nothing of the login left the node, although it matched. */
const refusals: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'CHALLENGE_MALFORMED',
  'CHALLENGE_UNSUPPORTED',
  'REGISTRY_ADDRESS_REFUSED',
  'REGISTRY_NOT_ALLOWED',
  'REGISTRY_OF_ANOTHER_USER',
  'TOKEN_REALM_NOT_TRUSTED',
])

/** The decision to record, once the pull's outcome is known. */
export function recordedDecision(taken: PullDecision, code: ProblemCode | null): PullDecision {
  return taken === 'authenticated' && code !== null && refusals.has(code) ? 'refused' : taken
}

const away: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'REGISTRY_DNS',
  'REGISTRY_TIMEOUT',
  'REGISTRY_UNAVAILABLE',
  'REGISTRY_UNREACHABLE',
  'TOKEN_REALM_UNREACHABLE',
])

const proofLastsMs = 24 * 60 * 60 * 1000

export interface OfflineQuestion {
  /** Why the registry could not be asked. */
  readonly error: unknown
  /** What the ledger knows about this exact digest; a tag cannot be proved without its registry. */
  readonly proof: ImageProof | null
  readonly policy: NodePolicy['offline_start']
  /** Canonical form; null: anonymous. */
  readonly secret: string | null
  readonly secretVersion: string | null
  readonly now: number
}

/** S11: an image that the same version of the same secret proved within a day may start while its registry is unavailable. */
export function mayStartOffline({ error, proof, policy, secret, secretVersion, now }: OfflineQuestion): boolean {
  if (policy !== 'allow' || proof === null || !isProblem(error) || !away.has(error.code)) return false
  const age = now - Date.parse(proof.at)
  return proof.secret === secret && proof.secretVersion === secretVersion && age >= 0 && age <= proofLastsMs
}
