/** Reads an http(s) URL by a strict ASCII grammar. What a URL parser would repair, this rejects (S3). */
import { isLoopback, parseHostAndPort } from '@fairlead/contract/names'

export interface StrictUrl {
  readonly scheme: 'https' | 'http'
  /** In lower case; an IPv6 address in brackets. */
  readonly host: string
  readonly port: number
  /** Empty, or from the first slash on; no query. */
  readonly path: string
  /** Empty, or from the question mark on. */
  readonly query: string
}

const maxLength = 8 * 1024
/** `scheme://authority`, then a path and a query of printable ASCII without `#` and backslash. */
const grammar = /^(https?):\/\/([^/?#\\@]+)((?:\/[!-"$->@-[\]-~]*)?)((?:\?[!-"$-[\]-~]*)?)$/i

export function parseStrictUrl(text: string): StrictUrl | null {
  if (text.length > maxLength) return null
  const parts = grammar.exec(text)
  if (!parts) return null
  const [, scheme = '', authority = '', path = '', query = ''] = parts
  const named = parseHostAndPort(authority)
  if (!named) return null
  const https = scheme.toLowerCase() === 'https'
  return { scheme: https ? 'https' : 'http', host: named.host, port: named.port ?? (https ? 443 : 80), path, query }
}

export function originOf({ scheme, host, port }: Pick<StrictUrl, 'scheme' | 'host' | 'port'>): string {
  return `${scheme}://${host}:${port}`
}

export function isLoopbackUrl({ host }: Pick<StrictUrl, 'host'>): boolean {
  return isLoopback(host)
}

/** host[:port] as a person would write it, for the facts of a problem. */
export function placeName({ scheme, host, port }: Pick<StrictUrl, 'scheme' | 'host' | 'port'>): string {
  return port === (scheme === 'https' ? 443 : 80) ? host : `${host}:${port}`
}
