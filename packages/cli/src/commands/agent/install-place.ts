/** Where an agent is installed or removed. */
import { problem } from '@fairlead/contract/problems'
import { lstatSync } from 'node:fs'
import { resolve } from 'node:path'
import type { JsonFlag } from '../../flags.ts'
import type { InstallPlace } from './install-steps.ts'

export interface PlaceFlags extends JsonFlag {
  readonly binDir: string
  readonly root?: string
  readonly dryRun?: boolean
}

export interface ThisMachine {
  readonly uid: number
  readonly systemd: boolean
}

export function thisMachine(): ThisMachine {
  // As sd_booted(3) recommends.
  const systemd = lstatSync('/run/systemd/system', { throwIfNoEntry: false })?.isDirectory() === true
  return { uid: process.getuid?.() ?? 0, systemd }
}

/** Throws INSTALL_NOT_ROOT. */
export function placeOf(flags: PlaceFlags, machine: ThisMachine, cwd: string): InstallPlace {
  const binDir = resolve('/', flags.binDir)
  if (flags.root !== undefined) return { root: resolve(cwd, flags.root), binDir, systemd: false }
  if (machine.uid !== 0 && !flags.dryRun) throw problem('INSTALL_NOT_ROOT')
  return { root: '', binDir, systemd: machine.systemd }
}
