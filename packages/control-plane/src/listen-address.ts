/** Where to listen, and the control plane's own name. Plain http is for loopback only. */
import { hostname } from 'node:os'
import {
  isLoopback,
  parseHttpOrigin,
  readListenPlace,
  type HttpOrigin,
  type ListenPlace,
} from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'

export interface ListenAddress extends ListenPlace {
  readonly loopback: boolean
}

export function readListenAddress(text: string, flag = '--listen'): ListenAddress {
  const place = readListenPlace(text, flag)
  return { ...place, loopback: isLoopback(place.host) }
}

export function defaultOrigin(address: ListenAddress, port: number, tls: boolean): string {
  return `${tls ? 'https' : 'http'}://${ownName(address)}:${port}`
}

/** The name that clients use if none was configured: the listen address, or the machine's name if it listens on all addresses. */
export function ownName({ host }: ListenAddress): string {
  return host === '0.0.0.0' || host === '[::]' ? hostname().toLowerCase() : host
}

/** `scheme://host[:port]` and nothing more; nodes sign it. */
export function readOrigin(text: string): HttpOrigin {
  const origin = parseHttpOrigin(text)
  if (origin === null)
    throw problem('USAGE', { reason: '--origin wants http(s)://HOST[:PORT], and a port is 1 to 65535' })
  return origin
}
