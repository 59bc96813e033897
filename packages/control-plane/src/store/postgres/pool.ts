/** The pool in the form that Kysely expects. Every connection error becomes a problem, and none ends the process. */
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import { Client, Pool, type PoolClient } from 'pg'
import { ask, clientConfig, cut, isCut } from './connection.ts'
import type { PreparedStatements } from './prepared-statements.ts'
import type { Primary } from './primary.ts'

/** One writes, the others read. */
const connections = 10
/** To wait for a free connection. */
const waitMs = 10_000

/** Without prepared statements for migrations: those change what a statement answers. */
export function openPool(primary: Primary, prepared?: PreparedStatements): PostgresPool {
  class ClientOfPrimary extends Client {
    constructor() {
      super({ ...clientConfig(primary.place), ...primary.host })
    }
  }
  const admitted = new Set<PoolClient>()
  const pool = new Pool({ Client: ClientOfPrimary, max: connections, connectionTimeoutMillis: waitMs })
  // Errors of idle connections, and of connections in use between two statements: the next statement reports them to its caller.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  pool.on('remove', (client) => admitted.delete(client))
  primary.onLeft(() => {
    for (const client of admitted) cut(client)
  })
  const connect = async (): Promise<PoolClient> => {
    const client = await pool.connect()
    if (admitted.has(client)) return client
    try {
      await primary.admit(client)
    } catch (error) {
      client.release(true)
      throw error
    }
    admitted.add(client)
    return client
  }
  const known = new WeakMap<PoolClient, PostgresPoolClient>()
  return {
    options: {},
    end: () => pool.end(),
    async connect() {
      const client = await primary.reach(connect)
      const found = known.get(client) ?? asKyselyClient(client, primary, prepared)
      known.set(client, found)
      return found
    },
  }
}

function asKyselyClient(client: PoolClient, primary: Primary, prepared?: PreparedStatements): PostgresPoolClient {
  const query = (text: string, values: readonly unknown[]) => ask(client, primary, text, values, prepared?.nameOf(text))
  return { query: query as never, release: (destroy) => client.release(destroy === true || isCut(client)) }
}
