/** The control plane answers only under its origin's name and on loopback, so a web page elsewhere cannot rebind a name to it. */
import { isLoopback, parseHostAndPort, sameHostAndPort, type HostAndPort } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'

export function requireOwnHost(header: string | undefined, own: HostAndPort): void {
  const named = header === undefined ? null : parseHostAndPort(header)
  if (named === null) throw problem('HOST_NOT_ALLOWED')
  // Off loopback it is https, whose port browsers omit and proxies may not.
  if (isLoopback(named.host) || sameHostAndPort(named, own, { defaultPort: 443 })) return
  throw problem('HOST_NOT_ALLOWED')
}
