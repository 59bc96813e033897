/** Where a registry is reached, and by which scheme: https, unless the node's own file says otherwise (S23). */
import { type RegistryHost } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import type { NodePolicy } from '../policy/node-policy.ts'
import { parseRegistryHost } from '@fairlead/contract/names'
import { parseStrictUrl } from './http/strict-url.ts'

export interface Endpoint {
  readonly scheme: 'https' | 'http'
  readonly host: string
  readonly port: number
  /** How problems name it. */
  readonly registry: string
  /** Plain http to another machine: a login may never go there. */
  readonly anonymousOnly: boolean
}

type SchemePolicy = Pick<NodePolicy, 'loopback_registries' | 'plain_http_registries'>

/** Throws REGISTRY_ADDRESS_REFUSED for a loopback registry that the node's file does not list. There is no fallback to http. */
export function endpointOf(registry: RegistryHost, policy: SchemePolicy): Endpoint {
  const at = (scheme: Endpoint['scheme'], anonymousOnly = false): Endpoint => ({
    scheme,
    host: registry.host,
    port: registry.port ?? (scheme === 'https' ? 443 : 80),
    registry: registry.key,
    anonymousOnly,
  })
  if (registry.isLoopback) {
    const listed = (['https', 'http'] as const).map((scheme) => at(scheme)).find((place) => lists(policy, place))
    if (!listed) throw problem('REGISTRY_ADDRESS_REFUSED', { registry: registry.key })
    return listed
  }
  const plain = policy.plain_http_registries.some((text) => parseRegistryHost(text)?.key === registry.key)
  return plain ? at('http', true) : at('https')
}

function lists(policy: SchemePolicy, place: Endpoint): boolean {
  return policy.loopback_registries.some((text) => {
    const listed = parseStrictUrl(text)
    return listed?.scheme === place.scheme && listed.host === place.host && listed.port === place.port
  })
}
