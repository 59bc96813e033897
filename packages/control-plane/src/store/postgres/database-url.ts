/**
 * `postgres://USER[:PASSWORD]@HOST[:PORT][,HOST[:PORT]…]/NAME[?sslmode=…&sslrootcert=FILE&target_session_attrs=read-write]`, parsed
 * strictly. The password is returned by a call and is never a property, so that it is not printed by accident.
 */
import { bareHost, isLoopback } from '@fairlead/contract/names'
import { printable, problem } from '@fairlead/contract/problems'
import { readRegularFile } from '../../regular-file.ts'

export type SslMode = 'disable' | 'require' | 'verify-ca' | 'verify-full'

export interface DatabaseHost {
  readonly host: string
  readonly port: number
}

export interface DatabasePlace {
  /** All of one database: one of them is its primary. */
  readonly hosts: readonly [DatabaseHost, ...DatabaseHost[]]
  readonly user: string
  readonly name: string
  readonly password: (() => string) | null
  readonly sslMode: SslMode
  /** In PEM; without them, the system's. */
  readonly rootCertificates: string | null
  /** `HOST:PORT[,…]/NAME`: the part that may be shown. */
  readonly text: string
  /** `HOST:PORT[,…]`. */
  readonly address: string
}

const sslModes: readonly SslMode[] = ['disable', 'require', 'verify-ca', 'verify-full']
const settings = new Set(['sslmode', 'sslrootcert', 'target_session_attrs'])
const mostHosts = 8

/** Throws USAGE, which repeats nothing of the input. */
export function readDatabaseUrl(text: string): DatabasePlace {
  const [url, ...others] = text.length <= 2048 ? urlsOf(text) : []
  if (url === undefined || (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:')) {
    throw usage('is not of the form postgres://USER:PASSWORD@HOST:PORT/NAME')
  }
  for (const name of url.searchParams.keys()) {
    if (!settings.has(name)) {
      // After a `?` in a password, the rest looks like such a name: only names that look like libpq settings are repeated.
      const told = /^[a-z_]{1,32}$/.test(name) ? `the setting ${name}` : 'a setting'
      throw usage(
        `has ${told} that is not known: it takes sslmode, sslrootcert and target_session_attrs, and a password percent-encoded`,
      )
    }
  }
  // One of two values would count, perhaps the weaker one.
  if (url.searchParams.size > new Set(url.searchParams.keys()).size) throw usage('gives a setting twice')
  // A standby is of no use here, so none is accepted whether or not the URL says so.
  if ((url.searchParams.get('target_session_attrs') ?? 'read-write') !== 'read-write') {
    throw usage('takes target_session_attrs=read-write alone')
  }
  const all = [url, ...others]
  if (all.length > mostHosts) throw usage(`names more than ${mostHosts} hosts`)
  const [user, password, name] = [url.username, url.password, url.pathname.slice(1)].map(decoded)
  if (all.some(({ hostname }) => hostname === '') || !user || !name || name.includes('/')) {
    throw usage('must name a user, a host and a database')
  }
  if (all.some(({ hostname }) => hostname.includes('%')))
    throw usage('must name a host: the folder of a socket is none')
  const address = all.map(({ hostname, port }) => `${hostname}:${port || 5432}`).join(',')
  return {
    hosts: [hostOf(url), ...others.map(hostOf)],
    user,
    name,
    password: password ? () => password : null,
    sslMode: readSslMode(
      url.searchParams.get('sslmode'),
      all.every(({ hostname }) => isLoopback(hostname)),
    ),
    rootCertificates: readCertificates(url.searchParams.get('sslrootcert')),
    text: `${address}/${printable(name)}`,
    address,
  }
}

/** As if each host were the only one; empty if any of them does not form a URL. */
function urlsOf(text: string): URL[] {
  const [, before = '', hosts = '', after = ''] = /^([a-z]+:\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/s.exec(text) ?? []
  const each = hosts.split(',').map((host) => before + host + after)
  return each.every((one) => URL.canParse(one)) ? each.map((one) => new URL(one)) : []
}

function hostOf({ hostname, port }: URL): DatabaseHost {
  return { host: bareHost(hostname), port: port === '' ? 5432 : Number(port) }
}

function readSslMode(given: string | null, isLocal: boolean): SslMode {
  // A password and the state of the whole fleet are sent over this connection.
  if (given === null) return isLocal ? 'disable' : 'verify-full'
  const mode = sslModes.find((known) => known === given)
  if (mode === undefined) throw usage(`takes sslmode=${sslModes.join('|')}`)
  return mode
}

const readCertificates = (path: string | null): string | null => (path === null ? null : readRegularFile(path))

function decoded(text: string): string | null {
  try {
    const found = decodeURIComponent(text)
    return found.includes('\0') ? null : found
  } catch {
    return null
  }
}

function usage(reason: string) {
  return problem('USAGE', { reason: `the database URL ${reason}` })
}
