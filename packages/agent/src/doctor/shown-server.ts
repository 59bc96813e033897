/** Which server of a secret may be shown on the node's own terminal: only a host, since a password may be in its place. Pure. */
import { looksLikeSecret, parseRegistryHost } from '@fairlead/contract/names'
import { printable } from '@fairlead/contract/problems'

/** Null if it is not shown. A registry's name has a dot or a port, or is localhost; a single word may be anything. */
export function shownServer(server: string): string | null {
  const host = server.replace(/^https?:\/\//i, '').split('/', 1)[0] ?? ''
  const isName = /[.:]/.test(host) || host.toLowerCase() === 'localhost'
  return isName && parseRegistryHost(host) !== null && !looksLikeSecret(server) ? printable(host) : null
}
