/** `fairlead admin restore`: a data directory out of a backup. */
import { restoreBackup } from '@fairlead/control-plane'
import { resolve } from 'node:path'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { formatTime } from '../../terminal/units.ts'
import { progressLine } from './progress-line.ts'

export interface RestoreFlags extends JsonFlag {
  readonly dataDir: string
  readonly replace?: boolean
}

export default async function restore(this: CliContext, flags: RestoreFlags, file: string): Promise<void> {
  const dataDir = resolve(this.cwd, flags.dataDir)
  using line = progressLine(this, flags)
  const { manifest, aside } = await restoreBackup(resolve(this.cwd, file), dataDir, {
    replace: flags.replace ?? false,
    onProgress: line.show,
    signal: this.signal,
  })
  line.end()
  const { files, ...facts } = manifest
  const withCa = Object.keys(files).length > 0
  if (flags.json) return printJson(this, { data_dir: dataDir, replaced: aside, ...facts, ca: withCa })
  this.stdout.write(`Restored into ${dataDir} what was backed up ${formatTime(manifest.made_at)}\n`)
  if (aside !== null) this.stdout.write(`What was there lies in ${aside}\n`)
  this.stdout.write(`next: fairlead serve --data-dir ${dataDir}\n`)
}
