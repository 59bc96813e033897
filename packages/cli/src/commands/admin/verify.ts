/** `fairlead admin verify`: is the database whole, and is no pull record altered, missing or slipped in? */
import { verifyBackup, verifyDataDir } from '@fairlead/control-plane'
import { resolve } from 'node:path'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { progressLine } from './progress-line.ts'

export interface VerifyFlags extends JsonFlag {
  readonly dataDir: string
  readonly backup?: string
}

export default async function verify(this: CliContext, flags: VerifyFlags): Promise<void> {
  using line = progressLine(this, flags)
  const path = resolve(this.cwd, flags.backup ?? flags.dataDir)
  const found = await (flags.backup === undefined ? verifyDataDir : verifyBackup)(path, line.show, this.signal)
  line.end()
  const { schema_version, rows, records, nodes } = found
  if (flags.json) return printJson(this, { path, schema_version, rows, records, nodes })
  this.stdout.write(`${path} is whole: schema ${schema_version}, ${sum(rows)} rows\n`)
  this.stdout.write(`${records} pull records of ${nodes} nodes, each with its hash and in its place\n`)
}

const sum = (rows: Readonly<Record<string, number>>): number =>
  Object.values(rows).reduce((total, count) => total + count, 0)
