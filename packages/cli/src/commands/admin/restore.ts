/** `fairlead admin restore`: restores a data directory or a PostgreSQL database from a backup. */
import { restoreBackup, restoreToPostgres } from '@fairlead/control-plane'
import { resolve } from 'node:path'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { formatTime } from '../../terminal/units.ts'
import { UsageError } from '../../usage-error.ts'
import { onDatabase } from '../chosen-database.ts'
import { placeOf } from './place.ts'
import { progressLine } from './progress-line.ts'

export interface RestoreFlags extends JsonFlag {
  readonly dataDir: string
  readonly database?: string
  readonly replace?: boolean
}

export default async function restore(this: CliContext, flags: RestoreFlags, file: string): Promise<void> {
  const { dataDir, database } = placeOf(this, flags)
  if (database !== undefined && flags.replace) {
    throw new UsageError('--replace is for a data directory; a database must be empty', 'fairlead admin restore')
  }
  using line = progressLine(this, flags)
  const path = resolve(this.cwd, file)
  const watch = { onProgress: line.show, signal: this.signal }
  const { manifest, aside } =
    database === undefined
      ? await restoreBackup(path, dataDir, { replace: flags.replace ?? false, ...watch })
      : await onDatabase(() => restoreToPostgres(path, { dataDir, database }, watch))
  line.end()
  const { files, ...facts } = manifest
  const withCa = Object.keys(files).length > 0
  if (flags.json) return printJson(this, { data_dir: dataDir, replaced: aside, ...facts, ca: withCa })
  this.stdout.write(
    `Restored the backup of ${formatTime(manifest.made_at)} into ${database === undefined ? dataDir : 'the database'}\n`,
  )
  if (aside !== null) this.stdout.write(`The previous data is in ${aside}\n`)
  const start = `fairlead serve --data-dir ${dataDir}`
  // Nodes trust the CA that they joined with, and no table holds it.
  const next =
    database === undefined ? start : `FAIRLEAD_DATABASE=… ${start}; other replicas need its ca.pem and ca-key.pem too`
  this.stdout.write(`next: ${next}\n`)
}
