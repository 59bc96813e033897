/** `fairlead admin verify`: checks that the database is intact and that no pull record was altered, lost or inserted. */
import { verifyBackup, verifyDataDir, verifyPostgres } from '@fairlead/control-plane'
import { resolve } from 'node:path'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { formatCount } from '../../terminal/units.ts'
import { onDatabase } from '../chosen-database.ts'
import { ledgerText } from './ledger-text.ts'
import { placeOf, type PlaceFlags } from './place.ts'
import { showProgress } from './show-progress.ts'

export interface VerifyFlags extends JsonFlag, PlaceFlags {
  readonly backup?: string
}

export default async function verify(this: CliContext, flags: VerifyFlags): Promise<void> {
  const { dataDir, database } = placeOf(this, flags)
  const [path, work] = (() => {
    if (flags.backup !== undefined) return [resolve(this.cwd, flags.backup), verifyBackup] as const
    return database === undefined ? ([dataDir, verifyDataDir] as const) : ([database, verifyPostgres] as const)
  })()
  const found = await showProgress(this, flags, (show) => onDatabase(() => work(path, show, this.signal)))
  const { schema_version, rows, records, nodes, removed } = found
  const shown = work === verifyPostgres ? 'the database' : path
  if (flags.json) return printJson(this, { path: shown, schema_version, rows, records, nodes, removed })
  this.stdout.write(`${shown} is whole: schema ${schema_version}, ${formatCount(sum(rows), 'row')}\n`)
  this.stdout.write(ledgerText(found))
}

const sum = (rows: Readonly<Record<string, number>>): number =>
  Object.values(rows).reduce((total, count) => total + count, 0)
