/** Steps 1 to 3 of the path: the login that the order names, read with the node's identity and bound to the image's registry, or none. */
import {
  canonicalReference,
  isProblem,
  matchServer,
  parseSecretReference,
  Problem,
  problem,
  registryOf,
} from '@fairlead/contract'
import type { ImageReference, SecretReference } from '@fairlead/contract'
import { bindTo, type BoundLogin } from '../login/bind-to.ts'
import type { RegistryLogin } from '../login/registry-login.ts'
import { secretAllowed } from '../policy/secret-allowed.ts'
import type { ReadSecret } from '../secrets/secret-reader.ts'
import { decideLogin } from './decision.ts'
import type { PullParts } from './pull-parts.ts'
import type { PullStory } from './pull-story.ts'

export interface NamedLogin {
  /** Null: the registry is asked anonymously. */
  readonly bound: BoundLogin | null
  /** The secret as it was read, in canonical form, and its version; null where none was named. */
  readonly reference: SecretReference | null
  readonly secret: string | null
  /** After a renewal the one that the registry took last: what goes on record. */
  readonly version: string | null
  /** For a registry that rejects the login in the middle of a pull. Null where the secret still has the version that was rejected. */
  readonly renew: (signal: AbortSignal) => Promise<BoundLogin | null>
}

export async function readLogin(
  image: ImageReference,
  parts: PullParts,
  story: PullStory,
  signal: AbortSignal,
): Promise<NamedLogin> {
  if (story.order.secret === null) {
    story.steps.skip('secret')
    story.steps.skip('match')
    story.decision = decideLogin('none', parts.policy.on_mismatch)
    return { bound: null, reference: null, secret: null, version: null, renew: async () => null }
  }
  story.steps.begin('secret')
  const reference = allowedReference(story.order.secret, image, parts)
  story.reference = story.order.secret
  const { login, version } = await readFitting(reference, image, parts, story, signal)
  story.secretVersion = version
  story.steps.begin('match')
  const bound = boundLogin(image, login, parts, story)
  return renewable({ bound, reference, secret: canonicalReference(reference), version }, image, parts, story)
}

/** Past the cache, and bound anew to the same image: what does not fit by now ends the pull (S4). */
function renewable(
  read: Omit<NamedLogin, 'renew' | 'reference'> & { readonly reference: SecretReference },
  image: ImageReference,
  { secrets }: PullParts,
  story: PullStory,
): NamedLogin {
  let { bound, version } = read
  return {
    reference: read.reference,
    secret: read.secret,
    get bound() {
      return bound
    },
    get version() {
      return version
    },
    renew: async (signal) => {
      const newest =
        bound === null ? null : await story.tally.counted(secrets.read(read.reference, { signal, fresh: true }))
      if (newest === null || newest.version === version) return null
      bound = bindTo(image, newest.login)
      version = newest.version
      story.secretVersion = version
      return bound
    },
  }
}

/** A secret that does not fit may have been mended since it was cached, so the cache is passed by once before it is refused. */
async function readFitting(
  reference: SecretReference,
  image: ImageReference,
  { secrets }: PullParts,
  { tally, order: { askedAt } }: PullStory,
  signal: AbortSignal,
): Promise<ReadSecret> {
  const read = await tally.counted(secrets.read(reference, { signal, ...(askedAt !== undefined && { askedAt }) }))
  const fits = read.login.server.spend((server) => matchServer(server, image).match)
  return fits || !read.kept ? read : tally.counted(secrets.read(reference, { signal, fresh: true }))
}

/** Asked before the secret manager is, so that a refusal never tells whether the secret exists (S13). */
function allowedReference(
  text: string,
  image: ImageReference,
  { provider, context, policy }: PullParts,
): SecretReference {
  const reference = parseSecretReference(provider, text, context)
  if (secretAllowed(policy, reference, registryOf(image).key, context)) return reference
  throw problem('SECRET_NOT_ALLOWED_HERE', { reference: text })
}

function boundLogin(
  image: ImageReference,
  login: RegistryLogin,
  { policy, provider }: PullParts,
  story: PullStory,
): BoundLogin | null {
  try {
    const bound = bindTo(image, login)
    story.decision = decideLogin('fits', policy.on_mismatch)
    return bound
  } catch (error) {
    if (!isProblem(error)) throw error
    // Which secret it was tells where to look at its server.
    const named = new Problem(
      error.code,
      { ...error.facts, provider, reference: story.order.secret ?? '' },
      error.fields,
    )
    if (error.code !== 'CREDENTIAL_SERVER_MISMATCH') throw named
    story.decision = decideLogin('other-registry', policy.on_mismatch)
    if (story.decision === 'refused') throw named
    return null
  }
}
