/** The steps `secret` and `match`: the login that a pull's order names, looked up and recorded, or none if the order names no secret. */
import type { ImageReference } from '@fairlead/contract/names'
import type { BoundLogin } from '../match/bind-to.ts'
import type { RenewLogin } from '../registry/auth/registry-auth.ts'
import { findLogin, type FittingLogin } from '../secret/find-login.ts'
import { decideLogin } from '../record/decision.ts'
import type { PullAttempt } from '../record/pull-attempt.ts'

export interface SecretLogin {
  /** Null: the registry is asked anonymously. */
  readonly bound: BoundLogin | null
  /** The secret as read, in canonical form, and its version; null if none was named. */
  readonly secret: string | null
  /** After a renewal, the one the registry last accepted, which goes on record. */
  readonly version: string | null
  /** For a login that the registry rejects. Null if the secret still has the rejected version. */
  readonly renew: RenewLogin
}

const unchanged: RenewLogin = () => Promise.resolve(null)

export async function readLogin(image: ImageReference, attempt: PullAttempt): Promise<SecretLogin> {
  const { parts, signal } = attempt
  const { policy } = parts
  const { secret } = attempt.order
  if (secret === null) {
    attempt.steps.skip('secret')
    attempt.steps.skip('match')
    attempt.decision = decideLogin('none', policy.on_mismatch)
    return { bound: null, secret: null, version: null, renew: unchanged }
  }
  attempt.steps.begin('secret')
  const stop = new AbortController()
  try {
    return await readNamed(image, secret, attempt, AbortSignal.any([signal, stop.signal]))
  } catch (error) {
    // Reported as if the registry had not been asked yet.
    stop.abort()
    throw error
  }
}

/** The registry is asked how to log in while the secret is being read: the question carries no login, and needs none. */
async function readNamed(
  image: ImageReference,
  secret: string,
  attempt: PullAttempt,
  asking: AbortSignal,
): Promise<SecretLogin> {
  const { parts, signal } = attempt
  const { policy, provider, registry } = parts
  const { askedAt } = attempt.order
  const found = await findLogin(
    { image, provider, secret, ...(askedAt !== undefined && { askedAt }) },
    {
      policy,
      secretsOf: () => Promise.resolve({ context: parts.context, secrets: attempt.tally.counting(parts.secrets) }),
    },
    signal,
    {
      onAllowed: () => {
        attempt.reference = secret
        attempt.asked = registry.ask?.(image, { onRetry: () => attempt.tally.retries++ }, asking) ?? null
      },
      onRead: ({ version }) => {
        attempt.secretVersion = version
        attempt.steps.begin('match')
      },
      onReach: (reach) => attempt.login.reach(reach),
    },
  )
  attempt.decision = decideLogin(found.fit, policy.on_mismatch)
  if (found.fit === 'fits') return recorded(found, attempt)
  if (attempt.decision === 'refused') throw found.mismatch
  return { bound: null, secret: found.secret, version: found.version, renew: unchanged }
}

/** The version in use at the end is the one on record. */
function recorded(found: FittingLogin, attempt: PullAttempt): SecretLogin {
  return {
    get bound() {
      return found.bound
    },
    secret: found.secret,
    get version() {
      return found.version
    },
    async renew(signal) {
      const renewed = await found.renew(signal)
      if (renewed !== null) attempt.secretVersion = found.version
      return renewed
    },
  }
}
