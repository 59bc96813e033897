/** Where to listen, and what the control plane calls itself. Plain http is for loopback only. */
import { hostname } from 'node:os'
import { isLoopback, parseHostAndPort, problem } from '@fairlead/contract'

export interface ListenAddress {
  readonly host: string
  readonly port: number
  readonly loopback: boolean
}

export function readListenAddress(text: string, flag = '--listen'): ListenAddress {
  // Port 0 asks the system for a free one; no address that is connected to has it.
  const freePort = /^(.*):0$/.exec(text)
  const named = parseHostAndPort(freePort?.[1] ?? text)
  if (named === null) throw problem('USAGE', { reason: `${flag} wants HOST:PORT` })
  const port = freePort === null ? named.port : 0
  if (port === null) throw problem('USAGE', { reason: `${flag} wants a port: HOST:PORT` })
  return { host: named.host, port, loopback: isLoopback(named.host) }
}

/** For `net.Server.listen`, which wants IPv6 without brackets. */
export function bindHost({ host }: ListenAddress): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}

export function defaultOrigin(address: ListenAddress, port: number, tls: boolean): string {
  return `${tls ? 'https' : 'http'}://${ownName(address)}:${port}`
}

/** The name under which clients come, where none was given: the listen address, or the machine's name where that is every address. */
export function ownName({ host }: ListenAddress): string {
  return host === '0.0.0.0' || host === '[::]' ? hostname().toLowerCase() : host
}

/** `scheme://host[:port]` and nothing more; it is what nodes sign. */
export function readOrigin(text: string): { origin: string; host: string; tls: boolean } {
  const [, scheme, authority = ''] = /^(https?):\/\/([^/]+)\/?$/.exec(text) ?? []
  const named = parseHostAndPort(authority)
  if (scheme === undefined || named === null) throw problem('USAGE', { reason: '--origin wants http(s)://HOST[:PORT]' })
  const host = authority.toLowerCase()
  return { origin: `${scheme}://${host}`, host, tls: scheme === 'https' }
}
