/** Verifies a control plane's data, or a backup of it: the checksum first, then the database inside, in place. */
import { resolve } from 'node:path'
import { databasePath } from '../store/data-dir.ts'
import type { BackupManifest } from './backup-manifest.ts'
import { openToRead } from './open-database.ts'
import type { OnProgress } from './progress.ts'
import { readBackup } from './read-backup.ts'
import { verifyDatabase, type Verified } from './verify-database.ts'

export async function verifyDataDir(dataDir: string, onProgress: OnProgress, signal: AbortSignal): Promise<Verified> {
  return verifyFile(databasePath(dataDir), false, onProgress, signal)
}

export async function verifyBackup(
  file: string,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Verified & { readonly manifest: BackupManifest }> {
  const manifest = await readBackup(file, onProgress)
  return { ...(await verifyFile(resolve(file), true, onProgress, signal)), manifest }
}

async function verifyFile(
  path: string,
  whole: boolean,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Verified> {
  using database = openToRead(path, whole)
  return await verifyDatabase(database, path, onProgress, signal)
}
