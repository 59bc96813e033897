/** Moves a control plane's state into PostgreSQL as an operator would: by backup and restore. */
import { restoreToPostgres } from '../admin/restore-backup.ts'
import { takeBackup } from '../admin/take-backup.ts'
import { tempDir } from './temp-dir.ts'

const quiet = () => {}
const { signal } = new AbortController()

export async function moveToPostgres(dataDir: string, database: string): Promise<void> {
  using dir = tempDir()
  const file = `${dir.path}/move.backup`
  await takeBackup({ dataDir, stopped: true }, file, quiet, signal)
  await restoreToPostgres(file, { dataDir, database }, { onProgress: quiet, signal })
}
