/** Where a control plane is reached: https anywhere, plain http on loopback alone. */
import { isLoopback, parseHostAndPort, problem } from '@fairlead/contract'

export interface ControlPlaneAddress {
  /** `https://host[:port]`, without a path. */
  readonly origin: string
  readonly secure: boolean
  /** Lower case; IPv6 in brackets. */
  readonly host: string
  readonly port: number
  /** host[:port], for sentences. */
  readonly shown: string
}

/** Reads what was given with `--host`; a trailing slash is allowed, a path is not. */
export function parseControlPlaneAddress(text: string): ControlPlaneAddress {
  const parts = /^(https?):\/\/([^/]+)\/?$/.exec(text)
  const place = parts?.[2] === undefined ? null : parseHostAndPort(parts[2])
  if (parts === null || place === null) {
    throw problem('USAGE', {
      reason: 'the host is not an address such as https://fairlead.example.com:8470, with a port from 1 to 65535',
    })
  }
  const secure = parts[1] === 'https'
  const shown = place.port === null ? place.host : `${place.host}:${place.port}`
  if (!secure && !isLoopback(place.host)) throw problem('PLAIN_HTTP_REFUSED', { host: shown })
  return {
    origin: `${secure ? 'https' : 'http'}://${shown}`,
    secure,
    host: place.host,
    port: place.port ?? (secure ? 443 : 80),
    shown,
  }
}
