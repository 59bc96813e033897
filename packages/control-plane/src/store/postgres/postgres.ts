/**
 * PostgreSQL under the store, for several replicas (ADR 27). Writes of all replicas run one after another, under a lock that each takes first:
 * whatever a write read stays true until it commits, and event numbers become visible in order.
 */
import { problem } from '@fairlead/contract/problems'
import { type Kysely, sql } from 'kysely'
import { readDatabaseUrl } from './database-url.ts'
import { openKyselyStore, type Sharing } from '../kysely-store.ts'
import { atOnce } from '../at-once.ts'
import { migrate } from '../migrate.ts'
import type { Migration, MigrationDialect } from '../migration.ts'
import { writeCommitted } from './peer-message.ts'
import { portableColumns } from './columns.ts'
import { kyselyOver } from './kysely-dialect.ts'
import { channel, PostgresPeers } from './peers.ts'
import { openPool } from './pool.ts'
import { PreparedStatements } from './prepared-statements.ts'
import { Primary } from './primary.ts'
import type { Tables } from '../row.ts'
import type { Store } from '../store.ts'
import { Turns } from '../turns.ts'
import { writeLock } from './locks.ts'

const patienceMs = 15_000

const notify = (db: Kysely<Tables>, payload: string) => sql`select pg_notify(${channel}, ${payload})`.execute(db)

const takeTurn = async (db: Kysely<Tables>): Promise<void> => {
  await sql`select pg_advisory_xact_lock(${sql.lit(writeLock)})`.execute(db)
}

const dialect: MigrationDialect = {
  counting: (column) => column.primaryKey().generatedByDefaultAsIdentity(),
  justKey: sql``,
  takeTurn: async (db) => {
    await sql`set local statement_timeout = 0`.execute(db)
    await takeTurn(db)
  },
}

export async function openPostgresStore(url: string, migrations?: readonly Migration[]): Promise<Store> {
  const primary = new Primary(readDatabaseUrl(url))
  const db = kyselyOver(openPool(primary, new PreparedStatements()))
  const peers = new PostgresPeers(primary, (payload) => notify(db, payload))
  try {
    await primary.find()
    await migrateOn(primary, migrations)
    await peers.start()
    primary.watch()
  } catch (error) {
    await db.destroy()
    throw error
  }
  return openKyselyStore(
    db,
    async () => {
      await primary.stop()
      await peers.stop()
      await db.destroy()
    },
    sharingOver(peers, primary),
  )
}

async function migrateOn(primary: Primary, migrations?: readonly Migration[]): Promise<void> {
  await using db = kyselyOver(openPool(primary))
  await requireEncoding(db, primary.place.text)
  await migrate(db.withPlugin(portableColumns), dialect, primary.place.text, migrations)
}

/** Any other lacks characters; SQL_ASCII takes the bytes as they are. */
async function requireEncoding(db: Kysely<Tables>, place: string): Promise<void> {
  const { rows } = await sql<{ encoding: string }>`select current_setting('server_encoding') as encoding`.execute(db)
  if (rows.every(({ encoding }) => ['UTF8', 'SQL_ASCII'].includes(encoding))) return
  throw problem('DATABASE_UNFIT', { path: place, reason: 'its encoding is not UTF8' })
}

function sharingOver(peers: PostgresPeers, { place }: Primary): Sharing {
  const turns = new Turns(patienceMs, () => problem('DATABASE_UNREACHABLE', { host: place.address }))
  return {
    peers,
    inTurn: (work) => turns.take(work),
    takeTurn,
    async tell(db, committed) {
      await atOnce(writeCommitted(peers.id, committed).map((payload) => notify(db, payload)))
    },
    onCommitted: (listener) => peers.onCommitted(listener),
    onGap: (listener) => peers.onGap(listener),
  }
}
