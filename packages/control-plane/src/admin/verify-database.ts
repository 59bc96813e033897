/** Verifies a database: its pages, its references, and every pull record. Throws a problem if anything is broken. */
import { DatabaseSync } from 'node:sqlite'
import { problem } from '@fairlead/contract/problems'
import { migrate, migrations } from '../store/migrate.ts'
import type { PullCheckpointRecord } from '../store/records.ts'
import { kyselyOver } from '../store/sqlite/kysely-dialect.ts'
import { sqliteDialect } from '../store/sqlite/sqlite.ts'
import { LedgerJudge, type LedgerBreak, type LedgerRow, type LedgerVerdict, type Removed } from './judge-ledger.ts'
import { asDamage, checkIntegrity, rowCounts, schemaVersion } from './open-database.ts'
import { readPostgres } from './postgres-database.ts'
import type { OnProgress } from './progress.ts'
import { copiedTables } from './table-keys.ts'
import { countOf, pagesOf } from './table-rows.ts'

export interface Verified {
  readonly schema_version: number
  readonly rows: Record<string, number>
  readonly records: number
  readonly nodes: number
  readonly removed: Removed
}

interface Ledger {
  readonly checkpoints: readonly PullCheckpointRecord[]
  readonly records: Iterable<LedgerRow> | AsyncIterable<LedgerRow>
  readonly total: number
}

const tellEvery = 5000

export async function verifyDatabase(
  database: DatabaseSync,
  path: string,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Verified> {
  onProgress({ work: 'check', done: 0, total: 1 })
  checkIntegrity(database, path)
  const version = asDamage(path, () => schemaVersion(database, path))
  await requireSchema(database, path, version)
  const rows = asDamage(path, () => rowCounts(database))
  const ledger = {
    checkpoints: 'pull_checkpoints' in rows ? checkpointsOf(database, path) : [],
    records: pullsOf(database, path),
    total: rows['pulls'] ?? 0,
  }
  const verdict = await judgeAll(ledger, onProgress, signal)
  return { schema_version: version, rows, ...verdict }
}

/** A table or an index that somebody dropped is no fault of SQLite's pages: compares with an empty database of the same version. */
async function requireSchema(database: DatabaseSync, path: string, version: number): Promise<void> {
  const empty = new DatabaseSync(':memory:')
  await using db = kyselyOver(empty)
  await migrate(db, sqliteDialect, path, migrations.slice(0, version))
  const there = new Set(asDamage(path, () => namesIn(database)))
  const missing = namesIn(empty).find((name) => !there.has(name))
  if (missing !== undefined) throw problem('DATABASE_DAMAGED', { path, reason: `the ${missing} is missing` })
}

const namesIn = (database: DatabaseSync): string[] =>
  database
    .prepare('select type, name from sqlite_master')
    .all()
    .map(({ type, name }) => `${String(type)} ${String(name)}`)

/** The PostgreSQL server keeps pages and references consistent; only the ledger needs checking. */
export async function verifyPostgres(url: string, onProgress: OnProgress, signal: AbortSignal): Promise<Verified> {
  return readPostgres(url, async (db) => {
    const counts = await Promise.all(copiedTables.map(async (table) => [table, await countOf(db, table)] as const))
    const rows: Record<string, number> = Object.fromEntries(counts)
    const pages = pagesOf(db, 'pulls', ['node_id', 'sequence', 'key']) as AsyncIterable<readonly never[]>
    const checkpoints = await db.selectFrom('pull_checkpoints').selectAll().orderBy('node_id').execute()
    const ledger = { checkpoints, records: rowsIn(pages), total: rows['pulls'] ?? 0 }
    const verdict = await judgeAll(ledger, onProgress, signal)
    return { schema_version: migrations.length, rows, ...verdict }
  })
}

async function* rowsIn(pages: AsyncIterable<readonly LedgerRow[]>): AsyncGenerator<LedgerRow> {
  for await (const page of pages) yield* page
}

async function judgeAll(
  { checkpoints, records, total }: Ledger,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Pick<Verified, 'records' | 'nodes' | 'removed'>> {
  const judge = new LedgerJudge(checkpoints)
  let done = 0
  for await (const row of records) {
    judge.take(row)
    if (++done % tellEvery !== 0) continue
    onProgress({ work: 'records', done, total })
    // Lets Ctrl-C through.
    await new Promise((resolve) => setImmediate(resolve))
    signal.throwIfAborted()
  }
  onProgress({ work: 'records', done, total })
  const verdict = judge.end()
  if (verdict.breaks > 0) throw brokenLedger(verdict)
  return { records: verdict.records, nodes: verdict.nodes, removed: verdict.removed }
}

function pullsOf(database: DatabaseSync, path: string): Iterable<LedgerRow> {
  return asDamage(path, () =>
    database
      .prepare(
        'select node_id, sequence, hash, cluster_id, code, chain, record from pulls order by node_id, sequence, key',
      )
      .iterate(),
  ) as Iterable<never>
}

function checkpointsOf(database: DatabaseSync, path: string): readonly PullCheckpointRecord[] {
  return asDamage(path, () => database.prepare('select * from pull_checkpoints order by node_id').all()) as never
}

const words: Readonly<Record<LedgerBreak['kind'], string>> = {
  altered: 'the record does not match its hash',
  gap: 'records before it are missing',
  fork: 'its place is taken, or another record precedes it',
  checkpoint: 'the checkpoint for the removed records was altered',
  end: 'all records after those removed because of their age are missing',
}

function brokenLedger({ breaks, first_breaks }: LedgerVerdict) {
  const [first] = first_breaks
  const { node_id: node = '?', sequence = 0, kind = 'altered' } = first ?? {}
  const more = breaks > 1 ? `; ${breaks} places in all` : ''
  const fields = first_breaks.map((found) => ({
    path: `${found.node_id}/${found.sequence}`,
    detail: `${words[found.kind]}${found.noted ? '; so it came from the node' : ''}`,
  }))
  return problem('LEDGER_BROKEN', { node, sequence, reason: `${words[kind]}${more}` }, fields)
}
