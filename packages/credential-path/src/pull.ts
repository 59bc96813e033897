/** The credential path, in its order. Each verb is a file of this folder; nothing here knows how any of them is done. */
import { parseImageReference, problem, registryOf, type ImageReference } from '@fairlead/contract'
import type { Engine } from './engine/engine.ts'
import type { NodePolicy } from './policy/node-policy.ts'
import { registryAllowed } from './policy/registry-allowed.ts'
import type { NodePlatform } from './registry/image/platform.ts'
import type { RateBudget } from './registry/http/rate-budget.ts'
import type { PullTicket } from './registry/image/pull-ticket.ts'
import { admit } from './pull/admit.ts'
import { bringImage } from './pull/bring-image.ts'
import { advise } from './pull/advise.ts'
import type { AdmittedImage, AdvisedImage, BroughtImage } from './image-puller.ts'
import { ownPlatform, platformOf } from './pull/node-platform.ts'
import type { PullParts } from './pull/pull-parts.ts'
import type { PullStory } from './record/pull-story.ts'
import { readLogin, type NamedLogin } from './pull/read-login.ts'
import { startOffline } from './pull/start-offline.ts'

/** Pulls one image: read the login, bind it to the image's registry, be admitted there, let Docker pull through the gateway. */
export async function pullImage(story: PullStory, parts: PullParts, signal: AbortSignal): Promise<BroughtImage> {
  const engine = needEngine(parts)
  const platform = await platformOf(engine, signal, story.tally)
  const image = allowedImage(story, parts.policy)
  const login = await readLogin(image, parts, story, signal)
  const ticket = await admitted(image, login, engine, platform, parts, story, signal)
  if ('imageId' in ticket) return ticket
  const imageId = await bringImage(ticket, login, { engine, platform }, parts, story, signal)
  return { ...factsOf(ticket), imageId }
}

/** All of the path without the pull: what a build's check does. */
export async function checkImage(story: PullStory, parts: PullParts, signal: AbortSignal): Promise<AdvisedImage> {
  const platform = parts.engine === null ? ownPlatform() : await platformOf(parts.engine, signal, story.tally)
  const image = allowedImage(story, parts.policy)
  const login = await readLogin(image, parts, story, signal)
  const rates: RateBudget[] = []
  const ticket = await admit(image, login, platform, parts, story, signal, (rate) => rates.push(rate))
  const rate = rates.at(-1) ?? null
  return { ...factsOf(ticket), advice: await advise(image, login.bound, ticket, rate, parts.registry, signal) }
}

/** The registry's ticket, or where it is away the image that was proved before. */
async function admitted(
  image: ImageReference,
  login: NamedLogin,
  engine: Engine,
  platform: NodePlatform,
  parts: PullParts,
  story: PullStory,
  signal: AbortSignal,
): Promise<PullTicket | BroughtImage> {
  try {
    return await admit(image, login, platform, parts, story, signal)
  } catch (error) {
    const proved = await startOffline(error, image, login, engine, parts, story, signal)
    if (proved === null) throw error
    return proved
  }
}

/** What everything else begins with: the name is read, and the node's own file allows images from there. */
export function allowedImage(story: PullStory, policy: NodePolicy): ImageReference {
  const image = parseImageReference(story.order.image)
  story.image = image
  if (registryAllowed(policy, image)) return image
  throw problem('REGISTRY_NOT_ALLOWED', { registry: registryOf(image).key })
}

function needEngine({ engine }: PullParts): Engine {
  if (engine === null) throw problem('ENGINE_UNREACHABLE', { reason: 'this agent is a checker and has no engine' })
  return engine
}

const factsOf = ({ digest, platform, totalBytes }: PullTicket): AdmittedImage => ({
  digest,
  platform,
  sizeBytes: totalBytes,
})
