/** `fairlead admin restore`: restores a data directory or a PostgreSQL database from a backup. */
import { restoreBackup, restoreToPostgres } from '@fairlead/control-plane'
import { resolve } from 'node:path'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { shellCommand } from '../../terminal/shell-quote.ts'
import { formatTime } from '../../terminal/units.ts'
import { UsageError } from '../../usage-error.ts'
import { onDatabase } from '../chosen-database.ts'
import { placeOf, type PlaceFlags } from './place.ts'
import { showProgress } from './show-progress.ts'

export interface RestoreFlags extends JsonFlag, PlaceFlags {
  readonly replace?: boolean
}

export default async function restore(this: CliContext, flags: RestoreFlags, file: string): Promise<void> {
  const { dataDir, database } = placeOf(this, flags)
  if (database !== undefined && flags.replace) {
    throw new UsageError('--replace is for a data directory; a database must be empty', 'fairlead admin restore')
  }
  const path = resolve(this.cwd, file)
  const { manifest, aside } = await showProgress(this, flags, async (onProgress) => {
    const watch = { onProgress, signal: this.signal }
    return database === undefined
      ? restoreBackup(path, dataDir, { replace: flags.replace ?? false, ...watch })
      : onDatabase(() => restoreToPostgres(path, { dataDir, database }, watch))
  })
  const { files, ...facts } = manifest
  const withCa = Object.keys(files).length > 0
  if (flags.json) return printJson(this, { data_dir: dataDir, replaced: aside, ...facts, ca: withCa })
  this.stdout.write(
    `Restored the backup of ${formatTime(manifest.made_at)} into ${database === undefined ? dataDir : 'the database'}\n`,
  )
  if (aside !== null) this.stdout.write(`The previous data is in ${aside}\n`)
  const start = shellCommand('fairlead', 'serve', '--data-dir', dataDir)
  // Nodes trust the CA that they joined with, and no table holds it.
  const next =
    database === undefined ? start : `FAIRLEAD_DATABASE=… ${start}; other replicas need its ca.pem and ca-key.pem too`
  this.stdout.write(`next: ${next}\n`)
}
