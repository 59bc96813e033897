/** `fairlead admin backup`: one file with the complete state of a control plane. */
import { takeBackup } from '@fairlead/control-plane'
import { resolve } from 'node:path'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { formatBytes, formatCount } from '../../terminal/units.ts'
import { onDatabase } from '../chosen-database.ts'
import { placeOf, type PlaceFlags } from './place.ts'
import { showProgress } from './show-progress.ts'

export interface BackupFlags extends JsonFlag, PlaceFlags {
  readonly stopped?: boolean
}

export default async function backup(this: CliContext, flags: BackupFlags, file: string): Promise<void> {
  const path = resolve(this.cwd, file)
  const place = placeOf(this, flags)
  const source = { ...place, stopped: flags.stopped }
  const manifest = await showProgress(this, flags, (show) =>
    onDatabase(() => takeBackup(source, path, show, this.signal)),
  )
  const { files, ...facts } = manifest
  const withCa = Object.keys(files).length > 0
  if (flags.json) return printJson(this, { file: path, ...facts, ca: withCa })
  const { pulls = 0, clusters = 0, nodes = 0 } = manifest.rows
  this.stdout.write(`Wrote ${path}: ${formatBytes(manifest.database.bytes)}, schema ${manifest.schema_version}\n`)
  const counts = [formatCount(pulls, 'pull record'), formatCount(clusters, 'cluster'), formatCount(nodes, 'node')]
  const ca = withCa ? ', and its own CA' : `; no CA, because there is none in ${place.dataDir}`
  this.stdout.write(`${counts.join(', ')}${ca}\n`)
  this.stdout.write(`sha256 ${manifest.database.sha256}\n`)
  const held = withCa
    ? 'the key that proves this control plane to its nodes'
    : 'its own keys, and the hashes of its tokens'
  this.stdout.write(`Protect it like a key: it contains ${held}.\n`)
}
