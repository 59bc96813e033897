/** Connections to PostgreSQL: their limits of time, their TLS, and errors that are told as problems. */
import type { ConnectionOptions } from 'node:tls'
import { types, type ClientConfig, type QueryResult } from 'pg'
import type { DatabasePlace } from './database-url.ts'
import { databaseProblem } from './problem.ts'

const connectMs = 10_000
/** Where there are others to try. */
const connectToOneMs = 3000
/** A replica that stands still in a transaction holds up all others: the server ends its session. */
const idleInTransactionMs = 10_000
const statementMs = 20_000
/** Past what the server allows, nobody is there. */
const answerMs = 25_000

export function clientConfig(place: DatabasePlace): ClientConfig {
  return {
    ...place.hosts[0],
    user: place.user,
    database: place.name,
    ...(place.password !== null && { password: place.password }),
    ssl: tlsOptions(place),
    application_name: 'fairlead',
    // Whatever the server's default is, what was acknowledged is on its disk (R1).
    options: '-c synchronous_commit=on',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: place.hosts.length > 1 ? connectToOneMs : connectMs,
    statement_timeout: statementMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    query_timeout: answerMs,
    types: {
      // Counts stay far below 2^53.
      getTypeParser: (oid, format) =>
        (oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format)) as never,
    },
  }
}

function tlsOptions(place: DatabasePlace): ConnectionOptions | false {
  const { sslMode, rootCertificates } = place
  if (sslMode === 'disable') return false
  const ca = rootCertificates === null ? {} : { ca: rootCertificates }
  // As libpq has it: `require` without a root certificate encrypts and asks for nothing more.
  if (sslMode === 'require' && rootCertificates === null) return { rejectUnauthorized: false }
  // The certificate must name the host that is connected to.
  if (sslMode === 'verify-full') return { ...ca, rejectUnauthorized: true }
  return { ...ca, rejectUnauthorized: true, checkServerIdentity: () => undefined }
}

/** Of a client, what is used here. */
export interface Queried {
  query(text: string, values: unknown[]): Promise<QueryResult>
}

export interface Asked {
  readonly place: DatabasePlace
  /** It takes no writes any more. */
  leave(): void
}

/** Asks, and tells a lost connection as a problem. */
export async function ask(
  client: Queried & object,
  asked: Asked,
  text: string,
  values: readonly unknown[] = [],
): Promise<QueryResult> {
  try {
    return await client.query(text, values.map(storable))
  } catch (error) {
    const found = databaseProblem(error, asked.place)
    if (found?.code === 'DATABASE_UNREACHABLE') cut(client)
    if (isReadOnly(error)) asked.leave()
    throw found ?? error
  }
}

/** PostgreSQL has no text with NUL in it. No name or id has one, so that this finds nothing, as it should. */
function storable(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\u{FFFD}') : value
}

/** A standby, or a primary that was told to write no more: what others read of it is old, or soon will be. */
function isReadOnly(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '25006'
}

/** What comes after on a connection that fell silent would wait as long again. */
export function cut(client: object): void {
  const { connection } = client as { connection?: { stream?: { destroy?: () => void } } }
  connection?.stream?.destroy?.()
}
