/** Connections to PostgreSQL: their timeouts, their TLS, and errors turned into problems. */
import type { ConnectionOptions } from 'node:tls'
import { types, type ClientConfig, type QueryResult } from 'pg'
import type { DatabasePlace } from './database-url.ts'
import { databaseProblem } from './problem.ts'

const connectMs = 10_000
/** If there are others to try. */
const connectToOneMs = 3000
/** A replica that stalls in a transaction blocks all others: the server ends its session. */
const idleInTransactionMs = 10_000
const statementMs = 20_000
/** Longer than the server's own limits: without an answer by then, the server is gone. */
const answerMs = 25_000

export function clientConfig(place: DatabasePlace): ClientConfig {
  return {
    ...place.hosts[0],
    user: place.user,
    database: place.name,
    ...(place.password !== null && { password: place.password }),
    ssl: tlsOptions(place),
    application_name: 'fairlead',
    // Statements that are asked at the same time are sent at once, and answered in their order.
    pipeline: true,
    // An environment variable could ask for another form.
    sslnegotiation: 'postgres',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: place.hosts.length > 1 ? connectToOneMs : connectMs,
    query_timeout: answerMs,
    types: {
      // Counts stay far below 2^53.
      getTypeParser: (oid, format) =>
        (oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format)) as never,
    },
  }
}

/** Set on each connection, whatever the defaults of the server, of the database and of the user; poolers refuse them in the first message. */
export const sessionSettings = Object.entries({
  // Acknowledged data is on its disk (R1).
  synchronous_commit: 'on',
  // A write sees what was committed before its turn.
  default_transaction_isolation: "'read committed'",
  statement_timeout: statementMs,
  lock_timeout: 0,
  idle_in_transaction_session_timeout: idleInTransactionMs,
  idle_session_timeout: 0,
})
  .map(([name, value]) => `set ${name} = ${value}`)
  .join('; ')

function tlsOptions(place: DatabasePlace): ConnectionOptions | false {
  const { sslMode, rootCertificates } = place
  if (sslMode === 'disable') return false
  const ca = rootCertificates === null ? {} : { ca: rootCertificates }
  // Like libpq: `require` without a root certificate encrypts and checks nothing else.
  if (sslMode === 'require' && rootCertificates === null) return { rejectUnauthorized: false }
  // The certificate must name the host that is connected to.
  if (sslMode === 'verify-full') return { ...ca, rejectUnauthorized: true }
  return { ...ca, rejectUnauthorized: true, checkServerIdentity: () => undefined }
}

/** The part of a client used here. */
export interface Queried {
  query(statement: { text: string; values: unknown[]; name?: string }): Promise<QueryResult>
}

export interface Asked {
  readonly place: DatabasePlace
  /** It no longer accepts writes. */
  leave(): void
}

/** Runs a query, and turns a lost connection into a problem. */
export async function ask(
  client: Queried & object,
  asked: Asked,
  text: string,
  values: readonly unknown[] = [],
  name: string | null = null,
): Promise<QueryResult> {
  try {
    return await client.query({ text, values: values.map(storable), ...(name !== null && { name }) })
  } catch (error) {
    const found = databaseProblem(error, asked.place)
    if (found?.code === 'DATABASE_UNREACHABLE') cut(client)
    if (isReadOnly(error)) asked.leave()
    throw found ?? error
  }
}

/** PostgreSQL cannot store text with NUL. No name or id contains one, so a search finds nothing, as it should. */
function storable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(storable)
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\u{FFFD}') : value
}

/** A standby, or a primary set to read-only: data read from it is old, or soon will be. */
function isReadOnly(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '25006'
}

/** The next query on a silent connection would wait just as long again. */
export function cut(client: object): void {
  streamOf(client)?.destroy?.()
}

export function isCut(client: object): boolean {
  return streamOf(client)?.destroyed === true
}

interface Stream {
  readonly destroyed?: boolean
  destroy?(): void
}

function streamOf(client: object): Stream | undefined {
  return (client as { connection?: { stream?: Stream } }).connection?.stream
}
