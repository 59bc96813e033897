/** Decides whether a token realm may receive a login of a registry. The registry cannot add to this, nor can the control plane (S2). */
import { isLoopback, parseHostAndPort, parseRegistryHost, sameHostAndPort, type RegistryHost } from '@fairlead/contract'
import { parseStrictUrl, type StrictUrl } from '../http/strict-url.ts'

export interface RealmPair {
  readonly registry: string
  readonly realm: string
}

/** Registries whose token realm is on another host, known to all. */
const builtInPairs: readonly RealmPair[] = [
  { registry: 'docker.io', realm: 'https://auth.docker.io/token' },
  { registry: 'registry.gitlab.com', realm: 'https://gitlab.com/jwt/auth' },
]

/** Trusted: https on the registry's own host and port, a built-in pair, or a pair in the node's own file. */
export function judgeRealm(
  registry: RegistryHost,
  realm: string,
  localPairs: readonly RealmPair[],
): 'trusted' | 'not-trusted' {
  const url = parseStrictUrl(realm)
  if (!url) return 'not-trusted'
  const listed = [...builtInPairs, ...localPairs].some((pair) => isPair(pair, registry, url))
  const trusted = url.scheme === 'https' ? listed || isOwnHost(registry, url) : isOwnLoopback(registry, url, listed)
  return trusted ? 'trusted' : 'not-trusted'
}

/** By the registry's key, of which no port is 443; a realm gets none of Docker Hub's other names. */
function isOwnHost(registry: RegistryHost, url: StrictUrl): boolean {
  const own = parseHostAndPort(registry.key)
  return own !== null && sameHostAndPort(own, url, { defaultPort: 443 })
}

/** Plain http is for the same loopback host alone; on another port only where the node's file lists it. */
function isOwnLoopback(registry: RegistryHost, url: StrictUrl, listed: boolean): boolean {
  if (!isLoopback(url.host) || url.host !== registry.host) return false
  return listed || url.port === registry.port
}

/** A pair is exact: host, port, path, and no query. */
function isPair(pair: RealmPair, registry: RegistryHost, url: StrictUrl): boolean {
  const listed = parseStrictUrl(pair.realm)
  if (!listed || url.query !== '' || listed.query !== '') return false
  if (parseRegistryHost(pair.registry)?.key !== registry.key) return false
  return (
    listed.scheme === url.scheme && listed.host === url.host && listed.port === url.port && listed.path === url.path
  )
}
