/** The address of a control plane: scheme, host and port. Plain http only on loopback, since it would expose the token. */
import { isLoopback, parseHttpOrigin } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'

/**
 * Parses `https://host[:port]`; a bare host means https. Nothing else is allowed, so that no token goes astray.
 * `named`: where the text stands, for the problem.
 */
export function parseOrigin(text: string, named = 'the host of the control plane'): string {
  const read = parseHttpOrigin(/^https?:\/\//i.test(text) ? text : `https://${text}`)
  if (!read)
    throw problem('USAGE', { reason: `${named} is not of the form https://HOST[:PORT], with a port from 1 to 65535` })
  if (read.scheme === 'http' && !isLoopback(read.host)) throw problem('PLAIN_HTTP_REFUSED', { host: read.authority })
  return read.origin
}
