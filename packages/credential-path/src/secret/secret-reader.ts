/** Reads a registry login from its store, with the node's own identity. One conformance suite runs on every implementation. */
import type { SecretReference } from '@fairlead/contract/names'
import type { OnReach } from '../match/bind-to.ts'
import type { RegistryLogin } from '../match/registry-login.ts'

export interface ReadSecret {
  readonly login: RegistryLogin
  /** Identifies the version read; after a rotation, the same secret has another one. */
  readonly version: string
  /** It was read before this request, for another pull; absent if the secret manager just answered. */
  readonly kept?: true
}

export interface ReadOptions {
  readonly signal: AbortSignal
  /** Past the cache: after a registry rejected what the cache held. */
  readonly fresh?: boolean
  /** On the monotonic clock, when a person asked: an earlier refusal may have been fixed since, and is checked again. */
  readonly askedAt?: number
  /** `asked` before the secret manager is asked, `read` once the secret arrived; even if another caller asked for it. */
  readonly onReach?: OnReach
}

/** Throws only Problems (SECRET_*, NODE_IDENTITY_MISSING). */
export interface SecretReader {
  read(reference: SecretReference, options: ReadOptions): Promise<ReadSecret>
}
