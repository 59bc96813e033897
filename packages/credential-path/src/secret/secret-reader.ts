/** Reads a registry login from where it is kept, with the node's own identity. One conformance suite runs on every implementation. */
import type { SecretReference } from '@fairlead/contract/names'
import type { OnReach } from '../match/bind-to.ts'
import type { RegistryLogin } from '../match/registry-login.ts'

export interface ReadSecret {
  readonly login: RegistryLogin
  /** Names the version that was read; the same secret after a rotation has another. */
  readonly version: string
  /** It was read before this was asked, for another pull; absent where the secret manager answered just now. */
  readonly kept?: true
}

export interface ReadOptions {
  readonly signal: AbortSignal
  /** Past the cache: after a registry refused what the cache held. */
  readonly fresh?: boolean
  /** By the monotonic clock, when a person asked: what refused before may be mended since, and is asked for anew. */
  readonly askedAt?: number
  /** `asked` before the secret manager is asked, `read` once the secret came; whoever's question it was. */
  readonly onReach?: OnReach
}

/** Throws a Problem (SECRET_*, NODE_IDENTITY_MISSING) and nothing else. */
export interface SecretReader {
  read(reference: SecretReference, options: ReadOptions): Promise<ReadSecret>
}
