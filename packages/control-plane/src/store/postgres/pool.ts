/** The pool as Kysely takes it. Every error of a connection leaves it as a problem, and none ends the process. */
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import { Client, Pool, type PoolClient } from 'pg'
import { ask, clientConfig, cut } from './connection.ts'
import type { Primary } from './primary.ts'

/** One writes, the others read. */
const connections = 10
/** For a connection that is free. */
const waitMs = 10_000

export function openPool(primary: Primary): PostgresPool {
  class ClientOfPrimary extends Client {
    constructor() {
      super({ ...clientConfig(primary.place), ...primary.host })
    }
  }
  const admitted = new Set<PoolClient>()
  const pool = new Pool({ Client: ClientOfPrimary, max: connections, connectionTimeoutMillis: waitMs })
  // Of connections that lie idle, and of those in use between two statements: the next statement tells it to who asked.
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
      const found = known.get(client) ?? asKyselyClient(client, primary)
      known.set(client, found)
      return found
    },
  }
}

function asKyselyClient(client: PoolClient, primary: Primary): PostgresPoolClient {
  // Who asks for two things at once in a transaction gets them one after the other.
  let last: Promise<unknown> = Promise.resolve()
  const query = (text: string, values: readonly unknown[]) => {
    const answer = last.then(() => ask(client, primary, text, values))
    last = answer.catch(() => undefined)
    return answer
  }
  return { query: query as never, release: (destroy) => client.release(destroy) }
}
