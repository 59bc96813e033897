/**
 * `postgres://USER[:PASSWORD]@HOST[:PORT][,HOST[:PORT]…]/NAME[?sslmode=…&sslrootcert=FILE&target_session_attrs=read-write]`, read
 * strictly. The password can be called for and is never a property, so that nothing prints it by accident.
 */
import { readFileSync } from 'node:fs'
import { isLoopback } from '@fairlead/contract/names'
import { printable, problem } from '@fairlead/contract/problems'

export type SslMode = 'disable' | 'require' | 'verify-ca' | 'verify-full'

export interface DatabaseHost {
  readonly host: string
  readonly port: number
}

export interface DatabasePlace {
  /** Of one database: its primary is one of them. */
  readonly hosts: readonly [DatabaseHost, ...DatabaseHost[]]
  readonly user: string
  readonly name: string
  readonly password: (() => string) | null
  readonly sslMode: SslMode
  /** In PEM; without them the machine's own. */
  readonly rootCertificates: string | null
  /** `HOST:PORT[,…]/NAME`: what is told of it. */
  readonly text: string
  /** `HOST:PORT[,…]`. */
  readonly address: string
}

const sslModes: readonly SslMode[] = ['disable', 'require', 'verify-ca', 'verify-full']
const settings = new Set(['sslmode', 'sslrootcert', 'target_session_attrs'])
const mostHosts = 8

/** Throws USAGE, which repeats nothing of what was given. */
export function readDatabaseUrl(text: string): DatabasePlace {
  const [url, ...others] = text.length <= 2048 ? urlsOf(text) : []
  if (url === undefined || (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:')) {
    throw usage('is not of the form postgres://USER:PASSWORD@HOST:PORT/NAME')
  }
  for (const name of url.searchParams.keys()) {
    if (!settings.has(name)) {
      // What follows a `?` in a password would be such a name: only what looks like a setting of libpq is repeated.
      const told = /^[a-z_]{1,32}$/.test(name) ? `the setting ${name}` : 'a setting'
      throw usage(
        `has ${told} that is not known: it takes sslmode, sslrootcert and target_session_attrs, and a password percent-encoded`,
      )
    }
  }
  // A standby is of no use here, so that none is taken whether that is said or not.
  if ((url.searchParams.get('target_session_attrs') ?? 'read-write') !== 'read-write') {
    throw usage('takes target_session_attrs=read-write alone')
  }
  const all = [url, ...others]
  if (all.length > mostHosts) throw usage(`names more than ${mostHosts} hosts`)
  const [user, password, name] = [url.username, url.password, url.pathname.slice(1)].map(decoded)
  if (all.some(({ hostname }) => hostname === '') || !user || !name || name.includes('/')) {
    throw usage('must name a user, a host and a database')
  }
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

/** As if each host stood alone in it; nothing where one of them makes no URL. */
function urlsOf(text: string): URL[] {
  const [, before = '', hosts = '', after = ''] = /^([a-z]+:\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/s.exec(text) ?? []
  const each = hosts.split(',').map((host) => before + host + after)
  return each.every((one) => URL.canParse(one)) ? each.map((one) => new URL(one)) : []
}

function hostOf({ hostname, port }: URL): DatabaseHost {
  return { host: hostname.replaceAll(/^\[|\]$/g, ''), port: port === '' ? 5432 : Number(port) }
}

function readSslMode(given: string | null, isLocal: boolean): SslMode {
  // A password and the whole fleet's state pass there.
  if (given === null) return isLocal ? 'disable' : 'verify-full'
  const mode = sslModes.find((known) => known === given)
  if (mode === undefined) throw usage(`takes sslmode=${sslModes.join('|')}`)
  return mode
}

function readCertificates(path: string | null): string | null {
  if (path === null) return null
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw problem('CONFIG_FILE_UNREADABLE', { path, reason: 'the sslrootcert of the database cannot be read' })
  }
}

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
