/** `http(s)://HOST[:PORT]` and nothing more, as browsers and nodes write it: in lower case, without the scheme's default port. */
import { formatHostAndPort, parseHostAndPort } from './host-and-port.ts'

export interface HttpOrigin {
  readonly scheme: 'https' | 'http'
  /** Lower case; IPv6 in brackets. */
  readonly host: string
  readonly port: number
  /** host[:port] */
  readonly authority: string
  readonly origin: string
}

/** Allows a trailing slash, but no path; null for any other text. */
export function parseHttpOrigin(text: string): HttpOrigin | null {
  const parts = /^(https?):\/\/([^/]+)\/?$/i.exec(text)
  const named = parseHostAndPort(parts?.[2] ?? '')
  if (parts === null || named === null) return null
  const scheme = parts[1]?.toLowerCase() === 'https' ? 'https' : 'http'
  const standard = scheme === 'https' ? 443 : 80
  const { host, port } = named
  const authority = formatHostAndPort({ host, port: port === standard ? null : port })
  return { scheme, host, port: port ?? standard, authority, origin: `${scheme}://${authority}` }
}
