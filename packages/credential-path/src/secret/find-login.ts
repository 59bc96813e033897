/**
 * Finds the login for an image: checks the owner's policy, reads the secret with the node's own identity, binds it to the image's registry.
 * The pull, `doctor` and every door call this one function, so that all are equally strict and equally quick to notice a change.
 */
import {
  canonicalReference,
  parseSecretReference,
  registryOf,
  type ImageReference,
  type Provider,
  type SecretContext,
  type SecretReference,
} from '@fairlead/contract/names'
import { isProblem, Problem, problem } from '@fairlead/contract/problems'
import { bindTo, type BoundLogin, type OnReach } from '../match/bind-to.ts'
import type { NodePolicy } from '../policy/node-policy.ts'
import { registryAllowed } from '../policy/registry-allowed.ts'
import { secretAllowed } from '../policy/secret-allowed.ts'
import { endpointOf } from '../registry/endpoint.ts'
import type { ReadOptions, ReadSecret, SecretReader } from './secret-reader.ts'

export interface LoginQuestion {
  readonly image: ImageReference
  readonly provider: Provider
  /** The secret reference, as named by the user. */
  readonly secret: string
  /** As in `ReadOptions`. */
  readonly askedAt?: number
}

/** A provider's secrets, as this node reads them. */
export interface ProviderSecrets {
  /** The node's own identity: where a bare name is looked up (S21). */
  readonly context: SecretContext
  readonly secrets: SecretReader
}

/** Whose policy applies, and where secrets are read. */
export interface LoginSource {
  readonly policy: NodePolicy
  readonly secretsOf: (provider: Provider, signal: AbortSignal) => Promise<ProviderSecrets>
}

export interface FindWatch {
  /** The owner allows this secret for this registry; it is read from here on. */
  readonly onAllowed?: () => void
  readonly onRead?: (secret: ReadSecret) => void
  /** Called from `asked` on; the login that is found also reports what becomes of it. */
  readonly onReach?: OnReach
}

interface NamedSecret {
  /** The reference in canonical form. */
  readonly secret: string
  /** For the secret that was read last. */
  readonly version: string
}

export interface FittingLogin extends NamedSecret {
  readonly fit: 'fits'
  readonly bound: BoundLogin
  /**
   * For a login that the registry rejects: reads the secret past the cache. Null if it still has the rejected version. Throws
   * CREDENTIAL_SERVER_MISMATCH if it is for another registry by now (S4).
   */
  renew(signal: AbortSignal): Promise<BoundLogin | null>
}

export interface MisfitLogin extends NamedSecret {
  readonly fit: 'other-registry'
  /** CREDENTIAL_SERVER_MISMATCH. */
  readonly mismatch: Problem
}

export type FoundLogin = FittingLogin | MisfitLogin

/** Throws a Problem: REGISTRY_NOT_ALLOWED, SECRET_NOT_ALLOWED_HERE, SECRET_* or NODE_IDENTITY_*. */
export async function findLogin(
  question: LoginQuestion,
  source: LoginSource,
  signal: AbortSignal,
  watch: FindWatch = {},
): Promise<FoundLogin> {
  const { policy, secretsOf } = source
  const registry = registryOf(question.image).key
  if (!registryAllowed(policy, question.image)) throw problem('REGISTRY_NOT_ALLOWED', { registry })
  const { context, secrets } = await secretsOf(question.provider, signal)
  const reference = parseSecretReference(question.provider, question.secret, context)
  // Decided before the secret manager is asked, so that a refusal never shows whether the secret exists (S13).
  if (!secretAllowed(policy, reference, registry, context)) {
    throw problem('SECRET_NOT_ALLOWED_HERE', { reference: question.secret })
  }
  watch.onAllowed?.()
  const { onReach = () => undefined } = watch
  const read = await readFitting(reference, question, policy, secrets, { signal, onReach })
  onReach('parsed')
  watch.onRead?.(read)
  const secret = canonicalReference(reference)
  let { version } = read
  let bound: BoundLogin
  try {
    bound = bindNamed(question, read, onReach)
  } catch (error) {
    if (!isProblem(error, 'CREDENTIAL_SERVER_MISMATCH')) throw error
    return { fit: 'other-registry', secret, version, mismatch: error }
  }
  onReach('matched')
  return {
    fit: 'fits',
    secret,
    get bound() {
      return bound
    },
    get version() {
      return version
    },
    async renew(asked) {
      const newest = await secrets.read(reference, { signal: asked, fresh: true })
      if (newest.version === version) return null
      bound = bindNamed(question, newest, onReach)
      version = newest.version
      return bound
    },
  }
}

/** A cached secret that does not match may have been corrected since, so it is read past the cache once before it is rejected. */
async function readFitting(
  reference: SecretReference,
  { image, askedAt }: LoginQuestion,
  policy: NodePolicy,
  secrets: SecretReader,
  watch: Required<Pick<ReadOptions, 'signal' | 'onReach'>>,
): Promise<ReadSecret> {
  const read = await secrets.read(reference, { ...watch, ...(askedAt !== undefined && { askedAt }) })
  if (read.kept !== true || fits(image, read, policy)) return read
  return secrets.read(reference, { ...watch, fresh: true })
}

/** For the registry, and over the scheme used to reach the registry. */
function fits(image: ImageReference, { login }: ReadSecret, policy: NodePolicy): boolean {
  try {
    return bindTo(image, login).mayGoTo(endpointOf(registryOf(image), policy))
  } catch (error) {
    if (isProblem(error)) return false
    throw error
  }
}

/** The problem names the secret, so that the reader knows where to look at `server`. */
function bindNamed({ image, provider, secret }: LoginQuestion, { login }: ReadSecret, onReach: OnReach): BoundLogin {
  try {
    return bindTo(image, login, onReach)
  } catch (error) {
    if (!isProblem(error)) throw error
    throw new Problem(error.code, { ...error.facts, provider, reference: secret }, error.fields)
  }
}
