/** A backup or a restore in a process of its own, for a test that kills it. */
import { restoreBackup } from '../admin/restore-backup.ts'
import { takeBackup } from '../admin/take-backup.ts'

const [, , work, dataDir = '', file = ''] = process.argv
const { signal } = new AbortController()
const onProgress = () => {}
if (work === 'backup') await takeBackup({ dataDir }, file, onProgress, signal)
else await restoreBackup(file, dataDir, { replace: true, onProgress, signal })
