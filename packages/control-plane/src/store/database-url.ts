/**
 * `postgres://USER[:PASSWORD]@HOST[:PORT]/NAME[?sslmode=…&sslrootcert=FILE]`, read strictly. The password can be called for and is never
 * a property, so that nothing prints it by accident.
 */
import { readFileSync } from 'node:fs'
import { isLoopback, printable, problem } from '@fairlead/contract'

export type SslMode = 'disable' | 'require' | 'verify-ca' | 'verify-full'

export interface DatabasePlace {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly name: string
  readonly password: (() => string) | null
  readonly sslMode: SslMode
  /** In PEM; without them the machine's own. */
  readonly rootCertificates: string | null
  /** `HOST:PORT/NAME`: what is told of it. */
  readonly text: string
  /** `HOST:PORT`. */
  readonly address: string
}

const sslModes: readonly SslMode[] = ['disable', 'require', 'verify-ca', 'verify-full']
const settings = new Set(['sslmode', 'sslrootcert'])

/** Throws USAGE, which repeats nothing of what was given. */
export function readDatabaseUrl(text: string): DatabasePlace {
  const url = text.length <= 2048 && URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:')) {
    throw usage('is not of the form postgres://USER:PASSWORD@HOST:PORT/NAME')
  }
  for (const name of url.searchParams.keys()) {
    if (!settings.has(name)) {
      // What follows a `?` in a password would be such a name: only what looks like a setting of libpq is repeated.
      const told = /^[a-z_]{1,32}$/.test(name) ? `the setting ${name}` : 'a setting'
      throw usage(`has ${told} that is not known: it takes sslmode and sslrootcert, and a password percent-encoded`)
    }
  }
  const host = url.hostname.replaceAll(/^\[|\]$/g, '')
  const [user, password, name] = [url.username, url.password, url.pathname.slice(1)].map(decoded)
  if (host === '' || !user || !name || name.includes('/')) throw usage('must name a user, a host and a database')
  const port = url.port === '' ? 5432 : Number(url.port)
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`
  return {
    host,
    port,
    user,
    name,
    password: password ? () => password : null,
    sslMode: readSslMode(url.searchParams.get('sslmode'), url.hostname),
    rootCertificates: readCertificates(url.searchParams.get('sslrootcert')),
    text: `${address}/${printable(name)}`,
    address,
  }
}

function readSslMode(given: string | null, host: string): SslMode {
  // A password and the whole fleet's state pass there.
  if (given === null) return isLoopback(host) ? 'disable' : 'verify-full'
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
