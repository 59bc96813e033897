/** Where a control plane is: scheme, host and port. Plain http is for loopback only, since it would show the token. */
import { isLoopback, parseHttpOrigin } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'

/** Reads `https://host[:port]`; a host alone means https. Nothing else may stand in it, so that no token goes astray. */
export function parseOrigin(text: string): string {
  const read = parseHttpOrigin(/^https?:\/\//i.test(text) ? text : `https://${text}`)
  if (!read)
    throw problem('USAGE', {
      reason: 'the host of the control plane is not of the form https://HOST[:PORT], with a port from 1 to 65535',
    })
  if (read.scheme === 'http' && !isLoopback(read.host)) throw problem('PLAIN_HTTP_REFUSED', { host: read.authority })
  return read.origin
}
