/** A backup or a restore in a separate process, for a test that kills it. */
import type { Progress } from '../admin/progress.ts'
import { restoreBackup, restoreToPostgres } from '../admin/restore-backup.ts'
import { takeBackup } from '../admin/take-backup.ts'

const [, , work, dataDir = '', file = '', database = ''] = process.argv
const { signal } = new AbortController()
const onProgress = (progress: Progress) => process.send?.(progress)
if (work === 'backup') await takeBackup({ dataDir }, file, onProgress, signal)
else if (database === '') await restoreBackup(file, dataDir, { replace: true, onProgress, signal })
else await restoreToPostgres(file, { dataDir, database }, { onProgress, signal })
