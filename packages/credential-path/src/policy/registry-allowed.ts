/** Whether the node's own file allows images from a registry, or from part of it. */
import { parseRegistryHost, registryOf, type ImageReference } from '@fairlead/contract/names'
import type { NodePolicy } from './node-policy.ts'

/** Entries are `host` or `host/path`; a path covers the repositories below it, by whole segments. */
export function registryAllowed(
  { allowed_registries }: Pick<NodePolicy, 'allowed_registries'>,
  image: ImageReference,
): boolean {
  if (allowed_registries === null) return true
  const { key } = registryOf(image)
  return allowed_registries.some((entry) => {
    const [host = '', ...path] = entry.replace(/\/$/, '').split('/')
    if (parseRegistryHost(host)?.key !== key) return false
    const repository = image.path.split('/')
    return path.every((segment, index) => segment === repository[index])
  })
}
