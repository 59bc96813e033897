/** A successful check's advice: the login could push, is not needed or was not confirmed, or few pulls remain. It never fails a check. */
import type { ImageReference } from '@fairlead/contract/names'
import type { CheckAdvice } from '@fairlead/contract/wire'
import type { BoundLogin } from '../match/bind-to.ts'
import type { PullTicket } from '../registry/image/pull-ticket.ts'
import { isLow, type RateBudget } from '../registry/http/rate-budget.ts'
import type { RegistryClient } from '../registry/registry-client.ts'

/** It must not delay the check it belongs to. */
const withinMs = 10_000

export async function advise(
  image: ImageReference,
  login: BoundLogin | null,
  { digest, loginUse }: PullTicket,
  rate: RateBudget | null,
  registry: Pick<RegistryClient, 'rights'>,
  signal: AbortSignal,
): Promise<readonly CheckAdvice[]> {
  const advice: CheckAdvice[] = rate !== null && isLow(rate) ? ['RATE_LIMIT_LOW'] : []
  if (login === null) return advice
  const within = AbortSignal.any([signal, AbortSignal.timeout(withinMs)])
  const rights = await registry.rights({ image, login, digest }, within)
  if (rights.push === true) advice.push('LOGIN_MAY_PUSH')
  if (loginUse === 'unproved') advice.push('LOGIN_UNPROVED')
  else if (rights.withoutLogin) advice.push('LOGIN_NOT_NEEDED')
  return advice
}
