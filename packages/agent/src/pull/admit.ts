/** Steps 4 to 7: the registry is asked for this one image; what it answers goes on record. */
import type { ImageReference } from '@fairlead/contract'
import type { NodePlatform } from '../registry/platform.ts'
import type { PullTicket } from '../registry/pull-ticket.ts'
import type { PullParts } from './pull-parts.ts'
import type { PullStory } from './pull-story.ts'
import type { NamedLogin } from './read-login.ts'

export async function admit(
  image: ImageReference,
  login: NamedLogin,
  platform: NodePlatform,
  { registry }: PullParts,
  story: PullStory,
  signal: AbortSignal,
): Promise<PullTicket> {
  const order = {
    image,
    login: login.bound,
    renewLogin: login.renew,
    digest: story.order.digest,
    platform,
  }
  const ticket = await registry.admit(order, { onStep: (step) => story.steps.begin(step) }, signal)
  story.digest = ticket.digest
  story.totalBytes = ticket.totalBytes
  return ticket
}
