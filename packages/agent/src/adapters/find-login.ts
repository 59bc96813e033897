/** Finds the login for an engine: the secret that the map names, bound to the registry that asks, after that registry's realms were judged. */
import { isProblem, parseSecretReference, problem, registryOf } from '@fairlead/contract'
import type { ImageReference, Provider, SecretContext } from '@fairlead/contract'
import { bindTo, type BoundLogin } from '../login/bind-to.ts'
import type { RegistryLogin } from '../login/registry-login.ts'
import type { NodePolicy } from '../policy/node-policy.ts'
import { registryAllowed } from '../policy/registry-allowed.ts'
import { secretAllowed } from '../policy/secret-allowed.ts'
import { endpointOf } from '../registry/endpoint.ts'
import type { EngineLoginCheck } from '../registry/engine-login-check.ts'
import type { ReadSecret, SecretReader } from '../secrets/secret-reader.ts'
import type { LoginMapEntry } from './login-map.ts'

export interface LoginParts {
  readonly policy: NodePolicy
  readonly registries: Pick<EngineLoginCheck, 'check'>
  readonly secretsOf: (provider: Provider, signal: AbortSignal) => Promise<ProviderSecrets>
}

/** Called where a map names a login; a cold start opens nothing before. */
export type OpenLogins = () => Promise<LoginParts>

export interface ProviderSecrets {
  readonly context: SecretContext
  readonly secrets: SecretReader
}

export interface FoundLogin {
  readonly login: BoundLogin
  readonly version: string
  /** Whether the login serves every image of the registry, as far as the secret and the node's file say. */
  readonly servesWholeRegistry: boolean
}

/** Stands for all repositories of a registry where no image is known. */
const anyRepository = 'any-repository-of-this-registry'

export function wholeRegistry(domain: string): ImageReference {
  return { domain, path: anyRepository, tag: null, digest: null }
}

/** Null where the registry lets everybody in, so that no login is needed and none is judged safe. Throws a Problem. */
export async function findLogin(
  image: ImageReference,
  entry: LoginMapEntry,
  parts: LoginParts,
  signal: AbortSignal,
): Promise<FoundLogin | null> {
  const { policy } = parts
  const registry = registryOf(image)
  if (!registryAllowed(policy, image)) throw problem('REGISTRY_NOT_ALLOWED', { registry: registry.key })
  const reading = await beginReading(entry, registry.key, parts, signal)
  // Asked while the secret is on its way: neither needs the other, and somebody waits.
  const asking = parts.registries.check(registry, signal)
  asking.catch(() => {})
  const { login, version } = await reading.answer
  const bound = bindTo(image, login)
  if (!bound.mayGoTo(endpointOf(registry, policy))) {
    throw problem('CREDENTIAL_SERVER_MISMATCH', { registry: registry.key })
  }
  const { kind, inPlain } = await asking
  if (inPlain && bound.overTlsOnly) throw problem('TOKEN_REALM_NOT_TRUSTED', { registry: registry.key })
  if (kind === 'open') return null
  const all = wholeRegistry(image.domain)
  return { login: bound, version, servesWholeRegistry: registryAllowed(policy, all) && binds(all, login) }
}

/** The answer is in an object, since a promise of a promise would be waited for. */
async function beginReading(
  { provider, secret }: LoginMapEntry,
  registryKey: string,
  { policy, secretsOf }: LoginParts,
  signal: AbortSignal,
): Promise<{ readonly answer: Promise<ReadSecret> }> {
  const { context, secrets } = await secretsOf(provider, signal)
  const reference = parseSecretReference(provider, secret, context)
  // Before the secret manager is asked, so that a refusal never tells whether the secret exists (S13).
  if (!secretAllowed(policy, reference, registryKey, context)) {
    throw problem('SECRET_NOT_ALLOWED_HERE', { reference: secret })
  }
  const answer = secrets.read(reference, { signal })
  answer.catch(() => {})
  return { answer }
}

function binds(image: ImageReference, login: RegistryLogin): boolean {
  try {
    bindTo(image, login)
    return true
  } catch (error) {
    if (isProblem(error, 'CREDENTIAL_SERVER_MISMATCH')) return false
    throw error
  }
}
