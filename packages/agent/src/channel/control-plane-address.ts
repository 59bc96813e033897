/** Where a control plane is reached: https anywhere, plain http on loopback only. */
import { isLoopback, parseHttpOrigin } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'

export interface ControlPlaneAddress {
  /** `https://host[:port]`, without a path. */
  readonly origin: string
  readonly secure: boolean
  /** Lower case; IPv6 in brackets. */
  readonly host: string
  readonly port: number
  /** host[:port], for messages. */
  readonly shown: string
}

/** Parses the value of `--host`; allows a trailing slash, but no path. */
export function parseControlPlaneAddress(text: string): ControlPlaneAddress {
  const read = parseHttpOrigin(text)
  if (read === null) {
    throw problem('USAGE', {
      reason: 'the host is not an address such as https://fairlead.example.com:8470, with a port from 1 to 65535',
    })
  }
  const { scheme, host, port, authority: shown, origin } = read
  const secure = scheme === 'https'
  if (!secure && !isLoopback(host)) throw problem('PLAIN_HTTP_REFUSED', { host: shown })
  return { origin, secure, host, port, shown }
}
