/** A login for an engine's own pull: found as for one of our pulls, and given only if every realm of the registry may have it. */
import { registryOf, type ImageReference } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import type { BoundLogin } from '@fairlead/credential-path/match/bind-to'
import { registryAllowed } from '@fairlead/credential-path/policy/registry-allowed'
import { endpointOf } from '@fairlead/credential-path/registry/endpoint'
import type { EngineLogin, EngineLoginCheck } from '@fairlead/credential-path/registry/engine-login-check'
import { findLogin, type LoginSource } from '@fairlead/credential-path/secret/find-login'
import type { LoginMapEntry } from './login-map.ts'

export interface LoginParts extends LoginSource {
  readonly registries: Pick<EngineLoginCheck, 'check'>
}

/** Called if a map names a login; a cold start opens nothing before that. */
export type OpenLogins = () => Promise<LoginParts>

export interface EngineAuth {
  readonly login: BoundLogin
  readonly version: string
  /** Whether the login works for every image of the registry, as far as the secret and the node's file say. */
  readonly servesWholeRegistry: boolean
}

/** Represents all repositories of a registry when no image is known. */
const anyRepository = 'any-repository-of-this-registry'

export function wholeRegistry(domain: string): ImageReference {
  return { domain, path: anyRepository, tag: null, digest: null }
}

/** Null if the registry lets everybody in, so that no login is needed and none can be judged safe. Throws a Problem. */
export async function loginForEngine(
  image: ImageReference,
  { provider, secret }: LoginMapEntry,
  { policy, registries, secretsOf }: LoginParts,
  signal: AbortSignal,
): Promise<EngineAuth | null> {
  const registry = registryOf(image)
  const { promise: asking, resolve, reject } = Promise.withResolvers<EngineLogin>()
  asking.catch(() => {})
  // Requested while the secret is being fetched: neither depends on the other, and a user is waiting.
  const onAllowed = () => void registries.check(registry, signal).then(resolve, reject)
  const found = await findLogin({ image, provider, secret }, { policy, secretsOf }, signal, { onAllowed })
  if (found.fit === 'other-registry') throw found.mismatch
  const { bound, version } = found
  if (!bound.mayGoTo(endpointOf(registry, policy))) {
    throw problem('CREDENTIAL_SERVER_MISMATCH', { registry: registry.key })
  }
  const { kind, inPlain } = await asking
  if (inPlain && bound.overTlsOnly) throw problem('TOKEN_REALM_NOT_TRUSTED', { registry: registry.key })
  if (kind === 'open') return null
  const all = wholeRegistry(image.domain)
  return { login: bound, version, servesWholeRegistry: registryAllowed(policy, all) && bound.isFor(all) }
}
