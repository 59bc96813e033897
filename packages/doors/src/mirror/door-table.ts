/** Which door a repository goes through: the owner's `doors:`, by registry and longest path. Pure. */
import { parseImageReference, parseRegistryHost, type ImageReference } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import type { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import type { ServiceAccount } from '../pods/service-account.ts'
import { closestEntry, entryForPod, type LoginMap } from '../login-map.ts'

export interface Door {
  /** As in the owner's file: `HOST` or `HOST/PATH`. */
  readonly name: string
  /** The registry's identity, the same for all of its names. */
  readonly registry: string
  /** Whole components; empty for the whole registry. */
  readonly path: readonly string[]
  /** The reference of the secret; null: without a login. */
  readonly secret: string | null
}

/** The file was checked when it was read, so each name is a registry with a path. */
export function doorsOf({ doors }: Pick<NodePolicy, 'doors'>): readonly Door[] {
  return Object.entries(doors).map(([name, secret]) => {
    const [host = '', ...path] = name.split('/')
    return { name, registry: parseRegistryHost(host)?.key ?? host, path, secret }
  })
}

/** The registries that have a door, each once. */
export function registriesOf(policy: Pick<NodePolicy, 'doors'>): readonly string[] {
  return [...new Set(doorsOf(policy).map(({ registry }) => registry))]
}

/**
 * Throws DOOR_NEEDS_ALLOWED_REGISTRIES: a door without a list would be open for everything the node may read. Throws DOOR_NOT_OPEN for a
 * repository that no door covers.
 */
export function doorFor(
  policy: Pick<NodePolicy, 'doors' | 'allowed_registries'>,
  registry: string,
  repository: string,
): Door {
  const door = closestEntry(doorsAt(policy, registry), repository)
  if (door === null) throw problem('DOOR_NOT_OPEN', { registry, repository })
  return door
}

/** The secret of the door that a pull of this image goes through; null if there is no such door or secret. */
export function doorSecretFor(policy: Pick<NodePolicy, 'doors'>, image: string): string | null {
  const { domain, path } = parseImageReference(image)
  const key = parseRegistryHost(domain)?.key
  const ofRegistry = doorsOf(policy).filter(({ registry }) => registry === key)
  return closestEntry(ofRegistry, path)?.secret ?? null
}

/**
 * The door of a pod's image, where the kubelet's map says which pods may pull what: it is open for those alone, with the secret that the map names.
 * Throws as `doorFor` does, and SERVICE_ACCOUNT_* for other pods.
 */
export function doorForPod(
  policy: Pick<NodePolicy, 'doors' | 'allowed_registries'>,
  map: LoginMap,
  { registry, repository, account }: PodPull,
): Door {
  const door = doorFor(policy, registry, repository)
  const entry = entryForPod(map, imageAt(registry, repository, null).image, account)
  if (entry === null) throw problem('DOOR_NOT_OPEN', { registry, repository })
  return { ...door, secret: entry.secret }
}

export interface PodPull {
  readonly registry: string
  readonly repository: string
  readonly account: ServiceAccount | null
}

/** All doors of a registry. Throws DOOR_NEEDS_ALLOWED_REGISTRIES. */
export function doorsAt(policy: Pick<NodePolicy, 'doors' | 'allowed_registries'>, registry: string): readonly Door[] {
  if (policy.allowed_registries === null) throw problem('DOOR_NEEDS_ALLOWED_REGISTRIES')
  return doorsOf(policy).filter((door) => door.registry === registry)
}

/** The image's name as users know it; `reference`: a tag, a digest, or null for a blob that was asked for by itself. */
export function imageAt(
  registry: string,
  repository: string,
  reference: string | null,
): { name: string; image: ImageReference } {
  const suffix = reference === null ? '' : reference.includes(':') ? `@${reference}` : `:${reference}`
  const name = `${registry}/${repository}${suffix}`
  return { name, image: parseImageReference(name) }
}
