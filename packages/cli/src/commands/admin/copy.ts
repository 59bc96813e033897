/** `fairlead admin copy`: from SQLite to PostgreSQL or back, proved table by table. */
import { copyFromPostgres, copyToPostgres } from '@fairlead/control-plane'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { formatTable } from '../../terminal/table.ts'
import { paintFor } from '../../terminal/paint.ts'
import { UsageError } from '../../usage-error.ts'
import { onDatabase } from '../chosen-database.ts'
import { placeOf } from './place.ts'
import { progressLine } from './progress-line.ts'

export interface CopyFlags extends JsonFlag {
  readonly from: 'sqlite' | 'postgres'
  readonly to: 'sqlite' | 'postgres'
  readonly dataDir: string
  readonly database?: string
}

export default async function copy(this: CliContext, flags: CopyFlags): Promise<void> {
  const { dataDir, database } = placeOf(this, flags)
  if (flags.from === flags.to) throw usage('--from and --to name the same')
  if (database === undefined) throw usage('which PostgreSQL? Set FAIRLEAD_DATABASE, or give --database')
  using line = progressLine(this, flags)
  const copied = await onDatabase(() =>
    flags.to === 'postgres'
      ? copyToPostgres(dataDir, database, line.show, this.signal)
      : copyFromPostgres(database, dataDir, line.show, this.signal),
  )
  line.end()
  if (flags.json) return printJson(this, { from: flags.from, to: flags.to, tables: copied })
  const rows = Object.entries(copied).map(([table, { rows, sha256 }]) => [table, String(rows), sha256.slice(0, 16)])
  const table = { headers: ['TABLE', 'ROWS', 'SHA-256'], rows }
  this.stdout.write(formatTable(table, this.stdout, paintFor(this.stdout, this.env)))
  this.stdout.write('Each table came out as it went in.\n')
  this.stdout.write(`next: ${nextStep(flags.to, dataDir)}\n`)
}

/** Nodes trust the CA that they joined at, and it is in no table. */
function nextStep(to: 'sqlite' | 'postgres', dataDir: string): string {
  if (to === 'postgres') {
    return `FAIRLEAD_DATABASE=… fairlead serve --data-dir ${dataDir}; other replicas need its ca.pem and ca-key.pem too`
  }
  const start = `fairlead serve --data-dir ${dataDir}`
  return existsSync(join(dataDir, 'ca.pem'))
    ? start
    : `${start}; if the replicas made a CA, copy its ca.pem and ca-key.pem there first`
}

const usage = (text: string) => new UsageError(text, 'fairlead admin copy')
