/** Where a control plane is: scheme, host and port. Plain http is for loopback only, since it would show the token. */
import { isLoopback, parseHostAndPort, problem } from '@fairlead/contract'

/** Reads `https://host[:port]`; a host alone means https. Nothing else may stand in it, so that no token goes astray. */
export function parseOrigin(text: string): string {
  const match = /^(?:(https?):\/\/)?([^/]+)\/?$/i.exec(text)
  const scheme = (match?.[1] ?? 'https').toLowerCase()
  const place = parseHostAndPort(match?.[2] ?? '')
  if (!place)
    throw problem('USAGE', {
      reason: 'the host of the control plane is not of the form https://HOST[:PORT], with a port from 1 to 65535',
    })
  const address = place.port === null ? place.host : `${place.host}:${place.port}`
  if (scheme === 'http' && !isLoopback(place.host)) throw problem('PLAIN_HTTP_REFUSED', { host: address })
  return `${scheme}://${address}`
}
