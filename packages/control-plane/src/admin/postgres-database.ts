/** A PostgreSQL database read or filled by an admin command, without acting as a replica. */
import { problem } from '@fairlead/contract/problems'
import { sql, type Kysely, type Transaction } from 'kysely'
import { readDatabaseUrl } from '../store/postgres/database-url.ts'
import { kyselyOver } from '../store/postgres/kysely-dialect.ts'
import { migrations } from '../store/migrate.ts'
import { leaderLock } from '../store/postgres/locks.ts'
import type { Tables } from '../store/row.ts'

/** One consistent snapshot, even during writes by others. */
export async function readPostgres<Result>(
  url: string,
  work: (db: Transaction<Tables>, place: string) => Promise<Result>,
): Promise<Result> {
  return withDatabase(url, (db, place) =>
    db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (transaction) => {
        await requireVersion(transaction, place)
        return work(transaction, place)
      }),
  )
}

/** Creates the schema if there is none, then does all of `work` or nothing. */
export async function fillPostgres<Result>(
  url: string,
  work: (db: Transaction<Tables>, place: string) => Promise<Result>,
): Promise<Result> {
  const { openPostgresStore } = await import('../store/postgres/postgres.ts')
  await (await openPostgresStore(url)).close()
  return withDatabase(url, (db, place) =>
    db.transaction().execute(async (transaction) => {
      const result = await work(transaction, place)
      // New event numbers continue after the last copied one.
      await sql`select setval(pg_get_serial_sequence('events', 'sequence'), (select max(sequence) from events))`.execute(
        transaction,
      )
      return result
    }),
  )
}

/** Also keeps any replica from leading during the transaction. */
export async function requireNoReplica(db: Transaction<Tables>, place: string): Promise<void> {
  const { rows } = await sql<{
    free: boolean
  }>`select pg_try_advisory_xact_lock(${sql.lit(leaderLock)}) as free`.execute(db)
  if (rows[0]?.free !== true) throw problem('DATABASE_IN_USE', { path: place })
}

async function withDatabase<Result>(
  url: string,
  work: (db: Kysely<Tables>, place: string) => Promise<Result>,
): Promise<Result> {
  const place = readDatabaseUrl(url)
  // Loads the client only for installations that use PostgreSQL.
  const [{ openPool }, { Primary }] = await Promise.all([
    import('../store/postgres/pool.ts'),
    import('../store/postgres/primary.ts'),
  ])
  const primary = new Primary(place)
  const db = kyselyOver(openPool(primary))
  try {
    await primary.find()
    return await work(db, place.text)
  } finally {
    await db.destroy()
  }
}

async function requireVersion(db: Transaction<Tables>, place: string): Promise<void> {
  const { rows } = await sql<{ there: string | null }>`select to_regclass('schema_version')::text as there`.execute(db)
  if (rows[0]?.there == null) throw problem('DATABASE_FILE_MISSING', { path: place })
  const version = (await db.selectFrom('schema_version').select('version').executeTakeFirst())?.version ?? 0
  if (version > migrations.length) throw problem('DATABASE_TOO_NEW', { path: place })
  if (version < migrations.length) throw problem('DATABASE_TOO_OLD', { path: place })
}
