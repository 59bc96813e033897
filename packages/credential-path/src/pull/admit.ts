/** The steps `challenge`, `login` and `resolve`: the registry is asked for this one image, and what it answers goes on record. */
import type { ImageReference } from '@fairlead/contract'
import type { NodePlatform } from '../registry/image/platform.ts'
import { parseRateBudget, type RateBudget } from '../registry/http/rate-budget.ts'
import type { AdmitHooks } from '../registry/registry-client.ts'
import type { PullTicket } from '../registry/image/pull-ticket.ts'
import { provedDecision } from '../record/decision.ts'
import type { PullParts } from './pull-parts.ts'
import type { PullStory } from '../record/pull-story.ts'
import { countingTicket } from '../record/pull-tally.ts'
import type { NamedLogin } from './read-login.ts'

export async function admit(
  image: ImageReference,
  login: NamedLogin,
  platform: NodePlatform,
  { registry }: PullParts,
  story: PullStory,
  signal: AbortSignal,
  onRate: (rate: RateBudget) => void = () => undefined,
): Promise<PullTicket> {
  const order = {
    image,
    login: login.bound,
    renewLogin: login.renew,
    digest: story.order.digest,
    platform,
  }
  const hooks: AdmitHooks = {
    onStep: (step) => story.steps.begin(step),
    onRetry: () => story.tally.retries++,
    onManifest: ({ header }) => {
      const rate = parseRateBudget(header('ratelimit-remaining'), header('ratelimit-limit'))
      if (rate !== null) onRate(rate)
    },
  }
  const ticket = await registry.admit(order, hooks, signal)
  story.decision = provedDecision(story.decision, ticket.loginUse)
  story.digest = ticket.digest
  story.totalBytes = ticket.totalBytes
  story.tally.layers = ticket.layers.length
  return countingTicket(ticket, story.tally)
}
