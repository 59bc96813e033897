/** One file with a control plane's complete state, made while it runs: its database at one moment, and its own CA. */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { appendFile, link, mkdtemp, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { problem, writeFault } from '@fairlead/contract/problems'
import { version } from '@fairlead/contract/release'
import { syncFolder } from '../durable-files.ts'
import { caNames, databasePath } from '../store/data-dir.ts'
import { lockDataDir } from '../store/sqlite/data-dir-lock.ts'
import { fileFault } from '../store/sqlite/fault.ts'
import { formatManifest, type BackupManifest } from './backup-manifest.ts'
import { copyTables } from './copy-tables.ts'
import { asDamage, checkIntegrity, openToRead, requireDatabaseFile, rowCounts, schemaVersion } from './open-database.ts'
import { readPostgres, requireNoReplica } from './postgres-database.ts'
import type { OnProgress } from './progress.ts'
import { fillSqlite } from './sqlite-database.ts'

const pagesAStep = 500

export interface BackupSource {
  /** Contains the control plane's own CA, and its database if no other is named. */
  readonly dataDir: string
  /** postgres://… */
  readonly database?: string | undefined
  /** Refuses if a control plane is running: a move would lose what it writes from then on. */
  readonly stopped?: boolean | undefined
}

/** The file appears once all of it is on disk, or not at all. */
export async function takeBackup(
  source: BackupSource,
  file: string,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<BackupManifest> {
  if (existsSync(file)) throw problem('FILE_EXISTS', { path: file })
  const folder = await createFolderFor(file)
  const partial = join(folder, 'backup')
  try {
    await createOwn(partial)
    if (source.database === undefined) await copySqlite(source, partial, onProgress, signal)
    else await copyPostgres(source.database, source.stopped, partial, onProgress, signal)
    const manifest = { ...(await describe(partial, onProgress)), files: ownCa(source.dataDir) }
    signal.throwIfAborted()
    await appendFile(partial, formatManifest(manifest), { flush: true })
    await publish(partial, file)
    return manifest
  } catch (error) {
    throw fileFault(error, file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Private to this user: even if others can write next to the file, SQLite neither finds a journal of theirs nor writes into one. */
async function createFolderFor(file: string): Promise<string> {
  try {
    return await mkdtemp(`${file}.partial-`)
  } catch (error) {
    throw problem('FILE_UNWRITABLE', { path: file, reason: writeFault(error) })
  }
}

/** Keeps one snapshot of the source open: otherwise a write by the control plane would restart the copy. */
async function copySqlite(
  { dataDir, stopped = false }: BackupSource,
  to: string,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<void> {
  const from = databasePath(dataDir)
  requireDatabaseFile(from)
  using _lock = stopped ? lockDataDir(dataDir) : null
  using source = openToRead(from, false)
  // A small database is copied before there is any progress to report.
  onProgress({ work: 'copy', done: 0, total: 1 })
  await backup(source, to, {
    rate: pagesAStep,
    progress: ({ totalPages, remainingPages }) => {
      signal.throwIfAborted()
      onProgress({ work: 'copy', done: totalPages - remainingPages, total: totalPages })
    },
  })
}

async function copyPostgres(
  database: string,
  stopped: boolean | undefined,
  to: string,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<void> {
  await readPostgres(database, async (from, place) => {
    if (stopped) await requireNoReplica(from, place)
    await fillSqlite(to, (target) => copyTables(from, target, to, onProgress, signal))
  })
}

async function describe(path: string, onProgress: OnProgress): Promise<Omit<BackupManifest, 'files'>> {
  onProgress({ work: 'check', done: 0, total: 1 })
  const database = new DatabaseSync(path)
  const facts = asDamage(path, () => {
    try {
      // Without a write-ahead log next to it, the file is complete.
      database.exec('PRAGMA journal_mode = DELETE')
      checkIntegrity(database, path)
      return { schema_version: schemaVersion(database, path), rows: rowCounts(database) }
    } finally {
      database.close()
    }
  })
  const hash = createHash('sha256')
  const total = statSync(path).size
  let done = 0
  for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    hash.update(piece)
    done += piece.length
    onProgress({ work: 'read', done, total })
  }
  return {
    made_at: new Date().toISOString(),
    made_by: version,
    ...facts,
    database: { bytes: total, sha256: hash.digest('hex') },
  }
}

function ownCa(dataDir: string): BackupManifest['files'] {
  const there = caNames.filter((name) => existsSync(join(dataDir, name)))
  return Object.fromEntries(there.map((name) => [name, readFileSync(join(dataDir, name), 'utf8')]))
}

async function createOwn(path: string): Promise<void> {
  await using _made = await open(path, 'wx', 0o600)
}

/** A link never overwrites; on a file system without links, the name was free a moment ago. */
async function publish(partial: string, file: string): Promise<void> {
  try {
    await link(partial, file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'EEXIST') throw problem('FILE_EXISTS', { path: file })
    await rename(partial, file)
  }
  syncFolder(dirname(file))
}
