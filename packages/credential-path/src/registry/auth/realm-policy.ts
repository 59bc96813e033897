/** Decides whether a token realm may receive a login for a registry. Neither the registry nor the control plane can add to this (S2). */
import { isLoopback, parseHostAndPort, parseRegistryHost } from '@fairlead/contract/names'
import type { Endpoint } from '../endpoint.ts'
import { parseStrictUrl, type StrictUrl } from '../http/strict-url.ts'

export interface RealmPair {
  readonly registry: string
  readonly realm: string
}

/** Well-known registries whose token realm is on another host. */
const builtInPairs: readonly RealmPair[] = [
  { registry: 'docker.io', realm: 'https://auth.docker.io/token' },
  { registry: 'registry.gitlab.com', realm: 'https://gitlab.com/jwt/auth' },
]

/** Trusted: the registry's own host and port, a built-in pair, or a pair in the node's own file; over https. */
export function judgeRealm(
  { registry, port }: Pick<Endpoint, 'registry' | 'port'>,
  realm: string,
  localPairs: readonly RealmPair[],
): 'trusted' | 'not-trusted' {
  const url = parseStrictUrl(realm)
  if (!url) return 'not-trusted'
  // By the registry's key: a realm gets none of Docker Hub's other names.
  const sameHost = url.host === parseHostAndPort(registry)?.host
  const safe = url.scheme === 'https' || (sameHost && isLoopback(url.host))
  const listed = [...builtInPairs, ...localPairs].some((pair) => isPair(pair, registry, url))
  const trusted = safe && (listed || (sameHost && url.port === port))
  return trusted ? 'trusted' : 'not-trusted'
}

/** A pair is exact: host, port, path, and no query. */
function isPair(pair: RealmPair, registry: string, url: StrictUrl): boolean {
  const listed = parseStrictUrl(pair.realm)
  if (!listed || url.query !== '' || listed.query !== '') return false
  if (parseRegistryHost(pair.registry)?.key !== registry) return false
  return (
    listed.scheme === url.scheme && listed.host === url.host && listed.port === url.port && listed.path === url.path
  )
}
