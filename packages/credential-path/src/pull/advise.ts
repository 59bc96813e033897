/** A successful check's advice: the login could push, is not needed or was not confirmed, or few pulls remain. It never fails a check. */
import type { ImageReference } from '@fairlead/contract/names'
import type { CheckAdvice } from '@fairlead/contract/wire'
import type { BoundLogin } from '../match/bind-to.ts'
import type { PullAttempt } from '../record/pull-attempt.ts'
import type { PullTicket } from '../registry/image/pull-ticket.ts'
import { isLow } from '../registry/http/rate-budget.ts'
import { proveLogin } from './admit.ts'

/** It must not delay the check it belongs to. */
const withinMs = 10_000

export async function advise(
  image: ImageReference,
  login: BoundLogin | null,
  ticket: PullTicket,
  attempt: PullAttempt,
): Promise<readonly CheckAdvice[]> {
  const { rate, signal } = attempt
  const advice: CheckAdvice[] = rate !== null && isLow(rate) ? ['RATE_LIMIT_LOW'] : []
  if (login === null) return advice
  const within = AbortSignal.any([signal, AbortSignal.timeout(withinMs)])
  const [rights, loginUse] = await Promise.all([
    attempt.parts.registry.rights({ image, login, digest: ticket.digest }, within),
    proveLogin(ticket, attempt),
  ])
  if (rights.push === true) advice.push('LOGIN_MAY_PUSH')
  if (loginUse === 'unproved') advice.push('LOGIN_UNPROVED')
  else if (rights.withoutLogin) advice.push('LOGIN_NOT_NEEDED')
  return advice
}
