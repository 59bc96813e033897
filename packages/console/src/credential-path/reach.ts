/** How far the credential of one pull came, told from the steps and the code of its record. Pure. */
import type { ProblemCode } from '@fairlead/contract/problems'
import type { PullRecord, StepName, StepReport } from '@fairlead/contract/wire'

export type Reach =
  /** The pull ended before a secret was looked for: whether one was named is not on record. */
  | 'unknown'
  /** No secret was named. */
  | 'unnamed'
  /** A secret was named, and the secret manager was not asked for it. */
  | 'unasked'
  /** The secret manager was asked, and the node got nothing. */
  | 'ungiven'
  /** The node got the secret, and it is no login. */
  | 'unusable'
  /** The login is for another registry. */
  | 'unfit'
  /** The login fitted, and none of it was sent. */
  | 'held'
  /** The login may have been sent, and was not answered with a yes. */
  | 'sent'
  /** It may have been sent, and the registry gave the image as it would to anybody. */
  | 'unproved'
  /** The registry rejected the login. */
  | 'rejected'
  | 'accepted'

type Told = Pick<PullRecord, 'steps' | 'code' | 'decision'>

/** With these the secret manager is not asked. */
const beforeAsking: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'SECRET_REF_INVALID',
  'REFERENCE_LOOKS_LIKE_A_SECRET',
  'SECRET_NOT_ALLOWED_HERE',
  'NODE_CREDENTIALS_EXPIRED',
  'NODE_CREDENTIALS_UNKNOWN',
  'NODE_IDENTITY_MISSING',
  'NODE_REGION_MISSING',
  'NODE_SIGNATURE_REJECTED',
  'NODE_IDENTITY_UNAVAILABLE',
])

/** With these the secret came, and could not be used. */
const uselessDocument: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'SECRET_ANSWER_UNCHECKED',
  'SECRET_ANSWER_UNUSABLE',
  'SECRET_TOO_LARGE',
  'SECRET_NOT_JSON',
  'SECRET_FIELD_MISSING',
  'SECRET_FIELD_INVALID',
])

const otherRegistry: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'CREDENTIAL_SERVER_MISMATCH',
  'SECRET_SERVER_MALFORMED',
])

/** What the registry asked for was judged, at whichever step, before any of the login was sent. */
const judgedBefore: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'CHALLENGE_MALFORMED',
  'CHALLENGE_UNSUPPORTED',
  'TOKEN_REALM_NOT_TRUSTED',
])

export function reachOf(record: Told): Reach {
  const { code } = record
  const secret = statusOf(record, 'secret')
  if (secret === null) return 'unknown'
  if (secret === 'skipped') return 'unnamed'
  if (secret !== 'done') return withoutSecret(code)
  if (record.decision === 'anonymous_mismatch_allowed') return 'unfit'
  const match = statusOf(record, 'match')
  if (match !== 'done') return code !== null && otherRegistry.has(code) ? 'unfit' : 'held'
  if (statusOf(record, 'challenge') !== 'done') return 'held'
  if (code !== null && judgedBefore.has(code)) return 'held'
  if (code === 'REGISTRY_LOGIN_REJECTED') return 'rejected'
  const login = statusOf(record, 'login')
  if (record.decision === 'anonymous_login_unproved') return 'unproved'
  if (login === 'done') return 'accepted'
  // Its own address was refused before a connection was made.
  return login === null || code === 'REGISTRY_ADDRESS_REFUSED' ? 'held' : 'sent'
}

function withoutSecret(code: ProblemCode | null): Reach {
  if (code !== null && beforeAsking.has(code)) return 'unasked'
  return code !== null && uselessDocument.has(code) ? 'unusable' : 'ungiven'
}

export function statusOf({ steps }: Pick<PullRecord, 'steps'>, step: StepName): StepReport['status'] | null {
  return steps.find((one) => one.step === step)?.status ?? null
}

/** The step at which the pull ended without an image; null where it did not, or before its first step. */
export function endedAt({ steps, code }: Told): StepName | null {
  if (code === null) return null
  return steps.findLast(({ status }) => status === 'failed' || status === 'running')?.step ?? null
}
