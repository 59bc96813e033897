/** The pool as Kysely takes it. Every error of a connection leaves it as a problem, and none ends the process. */
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import { Pool, type PoolClient } from 'pg'
import type { DatabasePlace } from './database-url.ts'
import { ask, clientConfig } from './postgres-connection.ts'
import { databaseProblem } from './postgres-problem.ts'

/** One writes, the others read. */
const connections = 10

export function openPool(place: DatabasePlace): PostgresPool {
  const pool = new Pool({ ...clientConfig(place), max: connections })
  // Of connections that lie idle, and of those in use between two statements: the next statement tells it to who asked.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  const known = new WeakMap<PoolClient, PostgresPoolClient>()
  return {
    options: {},
    end: () => pool.end(),
    async connect() {
      try {
        const client = await pool.connect()
        const found = known.get(client) ?? asKyselyClient(client, place)
        known.set(client, found)
        return found
      } catch (error) {
        throw databaseProblem(error, place) ?? error
      }
    },
  }
}

function asKyselyClient(client: PoolClient, place: DatabasePlace): PostgresPoolClient {
  // Who asks for two things at once in a transaction gets them one after the other.
  let last: Promise<unknown> = Promise.resolve()
  const query = (text: string, values: readonly unknown[]) => {
    const answer = last.then(() => ask(client, place, text, values))
    last = answer.catch(() => undefined)
    return answer
  }
  return { query: query as never, release: (destroy) => client.release(destroy) }
}
