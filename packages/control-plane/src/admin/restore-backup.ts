/** Creates a data directory or fills PostgreSQL from a backup of either. All of it is proved and on disk before any existing data is touched. */
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { problem } from '@fairlead/contract/problems'
import { writeFileDurably } from '../durable-files.ts'
import { caNames, databaseName } from '../store/data-dir.ts'
import { lockDataDir } from '../store/sqlite/data-dir-lock.ts'
import { fileFault } from '../store/sqlite/fault.ts'
import { decideRestore, finishRestore, hasState, stagedName } from '../store/finish-restore.ts'
import { makeDataDir } from '../store/make-data-dir.ts'
import type { BackupManifest } from './backup-manifest.ts'
import { copyTables } from './copy-tables.ts'
import { checkIntegrity, openToRead } from './open-database.ts'
import { fillPostgres } from './postgres-database.ts'
import type { OnProgress } from './progress.ts'
import { readBackup } from './read-backup.ts'
import { readSqlite } from './sqlite-database.ts'

export interface Restored {
  readonly manifest: BackupManifest
  /** Where the previous contents are now. */
  readonly aside: string | null
}

export async function restoreBackup(
  file: string,
  dataDir: string,
  { replace, onProgress, signal }: { replace: boolean; onProgress: OnProgress; signal: AbortSignal },
): Promise<Restored> {
  makeDataDir(dataDir)
  using _lock = lockDataDir(dataDir)
  if (hasState(dataDir) && !replace) throw problem('DATA_DIR_NOT_EMPTY', { path: dataDir })
  finishRestore(dataDir)
  const staged = join(dataDir, stagedName)
  try {
    rmSync(staged, { recursive: true, force: true })
    mkdirSync(staged, { mode: 0o700 })
    const manifest = await stage(file, staged, onProgress, signal)
    decideRestore(dataDir)
    return { manifest, aside: finishRestore(dataDir) }
  } catch (error) {
    throw fileFault(error, dataDir)
  } finally {
    rmSync(staged, { recursive: true, force: true })
  }
}

/** Only the rows; the CA in the backup goes into the data directory if that has none. */
export async function restoreToPostgres(
  file: string,
  { dataDir, database }: { dataDir: string; database: string },
  { onProgress, signal }: { onProgress: OnProgress; signal: AbortSignal },
): Promise<Restored> {
  const manifest = await readBackup(file, onProgress)
  await readSqlite(file, (from) =>
    fillPostgres(database, (to, place) => copyTables(from, to, place, onProgress, signal)),
  )
  makeDataDir(dataDir)
  if (!caNames.some((name) => existsSync(join(dataDir, name)))) writeCa(dataDir, manifest)
  return { manifest, aside: null }
}

async function stage(
  file: string,
  staged: string,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<BackupManifest> {
  const path = join(staged, databaseName)
  await using database = await open(path, 'wx', 0o600)
  const manifest = await readBackup(file, onProgress, async (piece) => {
    signal.throwIfAborted()
    await database.appendFile(piece)
  })
  await database.sync()
  onProgress({ work: 'check', done: 0, total: 1 })
  {
    using copy = openToRead(path, true)
    checkIntegrity(copy, path)
  }
  writeCa(staged, manifest)
  signal.throwIfAborted()
  return manifest
}

function writeCa(folder: string, { files }: BackupManifest): void {
  for (const name of caNames) {
    const text = files[name]
    if (text !== undefined) writeFileDurably(join(folder, name), text, name === 'ca.pem' ? 0o644 : 0o600)
  }
}
