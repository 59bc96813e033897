/** The control plane answers under its origin's name and on loopback, nowhere else: a web page elsewhere cannot rebind a name to it. */
import { isLoopback, parseHostAndPort, problem } from '@fairlead/contract'

export function requireOwnHost(header: string | undefined, originHost: string): void {
  const named = header === undefined ? null : parseHostAndPort(header)
  if (named === null) throw problem('HOST_NOT_ALLOWED')
  if (isLoopback(named.host) || header?.toLowerCase() === originHost) return
  throw problem('HOST_NOT_ALLOWED')
}
