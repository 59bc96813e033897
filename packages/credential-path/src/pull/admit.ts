/** Asks the registry for this one image; the answer goes on record. Steps `challenge`, `login` and `resolve`. */
import type { ImageReference } from '@fairlead/contract/names'
import { provedDecision } from '../record/decision.ts'
import type { PullAttempt } from '../record/pull-attempt.ts'
import { parseRateBudget } from '../registry/http/rate-budget.ts'
import type { NodePlatform } from '../registry/image/platform.ts'
import type { LoginUse, PullTicket } from '../registry/image/pull-ticket.ts'
import type { AdmitHooks } from '../registry/registry-client.ts'
import type { SecretLogin } from './read-login.ts'

export async function admit(
  image: ImageReference,
  login: SecretLogin,
  platform: NodePlatform,
  attempt: PullAttempt,
): Promise<PullTicket> {
  const { digest } = attempt.order
  const order = { image, login: login.bound, renewLogin: login.renew, asked: attempt.asked, digest, platform }
  const hooks: AdmitHooks = {
    onStep: (step) => attempt.steps.begin(step),
    onRetry: () => attempt.tally.retries++,
    onManifest: ({ header }) => {
      attempt.rate = parseRateBudget(header('ratelimit-remaining'), header('ratelimit-limit')) ?? attempt.rate
    },
  }
  const ticket = await attempt.parts.registry.admit(order, hooks, attempt.signal)
  attempt.digest = ticket.digest
  attempt.totalBytes = ticket.totalBytes
  attempt.tally.layers = ticket.layers.length
  return ticket
}

/**
 * The proof of the login goes on record, however the work ends that is done in the meantime. It is asked for after the config, over the same connection.
 * If the work fails, nothing reads the config any more: a login that is sent for it later would not be on record.
 */
export async function besideProof<Result>(
  ticket: PullTicket,
  attempt: PullAttempt,
  work: () => Promise<Result>,
): Promise<Result> {
  const configRead = ticket.imageConfig.catch(() => 'thrown where it is awaited')
  const proof = configRead.then(() => proveLogin(ticket, attempt))
  proof.catch(() => 'thrown where it is awaited')
  try {
    return await work()
  } catch (error) {
    ticket.dropConfig()
    throw error
  } finally {
    await proof
  }
}

export async function proveLogin(ticket: PullTicket, attempt: PullAttempt): Promise<LoginUse> {
  const use = await ticket.loginUse(attempt.signal)
  // An interrupted question says nothing about the login.
  if (!attempt.signal.aborted) attempt.decision = provedDecision(attempt.decision, use)
  return use
}
