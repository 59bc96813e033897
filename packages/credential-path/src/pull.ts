/** The credential path, in order. Each verb is a file in `pull/`; this file does not know how any of them works. */
import { parseImageReference, registryOf, type ImageReference } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import type { Engine, LocalImage } from './engine/engine.ts'
import { registryAllowed } from './policy/registry-allowed.ts'
import type { PullTicket } from './registry/image/pull-ticket.ts'
import { admit, besideProof } from './pull/admit.ts'
import { imageOnNode, loadIntoEngine, type AdmittedPull, type EnginePull } from './pull/load-into-engine.ts'
import { advise } from './pull/advise.ts'
import type { AdmittedImage, AdvisedImage, LoadedImage } from './image-puller.ts'
import { ownPlatform, platformOf } from './pull/node-platform.ts'
import type { PullParts } from './pull/pull-parts.ts'
import type { PullAttempt } from './record/pull-attempt.ts'
import { readLogin } from './pull/read-login.ts'
import { startOffline } from './pull/start-offline.ts'

/** Pulls one image: read the login, bind it to the image's registry, get admitted there, let Docker pull through the gateway. */
export async function pullImage(attempt: PullAttempt): Promise<LoadedImage> {
  const engine = needEngine(attempt.parts)
  const platform = await platformOf(engine, attempt.signal, attempt.tally)
  const image = allowedImage(attempt)
  const login = await readLogin(image, attempt)
  const admission = await admitted({ attempt, image, login, engine, platform })
  if (admission.kind === 'proved-before') return admission.image
  const { pull, there } = admission
  const { ticket } = pull
  const imageId = await besideProof(ticket, attempt, () => loadIntoEngine(pull, there))
  return { ...(await factsOf(ticket)), imageId }
}

/** The whole path without the pull: what a check in a build does. */
export async function checkImage(attempt: PullAttempt): Promise<AdvisedImage> {
  const { engine } = attempt.parts
  const platform = engine === null ? ownPlatform() : await platformOf(engine, attempt.signal, attempt.tally)
  const image = allowedImage(attempt)
  const login = await readLogin(image, attempt)
  const ticket = await admit(image, login, platform, attempt)
  const facts = await factsOf(ticket)
  return { ...facts, advice: await advise(image, login.bound, ticket, attempt) }
}

type Admission =
  | { readonly kind: 'ticket'; readonly pull: AdmittedPull; readonly there: LocalImage | null }
  /** The registry is unavailable, and the owner's file lets an image start that this node proved within a day (S11). */
  | { readonly kind: 'proved-before'; readonly image: LoadedImage }

async function admitted(wanted: EnginePull): Promise<Admission> {
  const { image, login, platform, attempt } = wanted
  try {
    const ticket = await admit(image, login, platform, attempt)
    const pull = { ...wanted, ticket }
    return { kind: 'ticket', pull, there: await usableHere(pull) }
  } catch (error) {
    const proved = await startOffline(error, wanted)
    if (proved === null) throw error
    return { kind: 'proved-before', image: proved }
  }
}

/** The image on this node, with its config: where nothing has to be pulled, that is the last thing that a registry can be unavailable for. */
async function usableHere(pull: AdmittedPull): Promise<LocalImage | null> {
  try {
    const there = await imageOnNode(pull)
    if (there !== null) await pull.ticket.imageConfig
    return there
  } catch (error) {
    pull.ticket.dropConfig()
    throw error
  }
}

/** The first steps of everything else: the name is parsed, and the node's own file allows images from there. */
export function allowedImage(attempt: PullAttempt): ImageReference {
  const image = parseImageReference(attempt.order.image)
  attempt.image = image
  if (registryAllowed(attempt.parts.policy, image)) return image
  throw problem('REGISTRY_NOT_ALLOWED', { registry: registryOf(image).key })
}

function needEngine({ engine }: PullParts): Engine {
  if (engine === null) throw problem('ENGINE_UNREACHABLE', { reason: 'this agent is a checker and has no engine' })
  return engine
}

async function factsOf({ digest, imageConfig, totalBytes }: PullTicket): Promise<AdmittedImage> {
  const { platform } = await imageConfig
  return { digest, platform, sizeBytes: totalBytes }
}
