/** Where a service of this executable is installed or removed. */
import { problem } from '@fairlead/contract/problems'
import { existsSync, lstatSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isSea } from 'node:sea'
import type { CliContext } from '../context.ts'
import { isProgram } from '../is-program.ts'
import { warn } from '../terminal/warn.ts'
import type { InstallFlags, PlaceFlags } from './place-flags.ts'
import { unitFile, type InstallPlace } from './service-steps.ts'

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

/** For an install of what `command` runs. Throws INSTALL_NOT_ROOT and INSTALL_NO_SYSTEMD. A dry run works anywhere. */
export function installPlace(context: CliContext, flags: InstallFlags, command: string): InstallPlace {
  const place = placeOf(flags, thisMachine(), context.cwd)
  if (place.root !== '' || place.systemd) return place
  if (!flags.dryRun) throw problem('INSTALL_NO_SYSTEMD', { name: command })
  warn(context, 'systemd is not running here, so only --dry-run and --root work on this machine')
  return { ...place, systemd: true }
}

/** Throws INSTALL_NOT_ONE_FILE and USAGE. */
export function chosenExecutable(context: CliContext, { executable }: InstallFlags): string {
  if (executable !== undefined) {
    const path = resolve(context.cwd, executable)
    if (isProgram(path)) return path
    throw problem('USAGE', { reason: `--executable takes an executable file, and ${executable} is not one` })
  }
  if (!isSea()) throw problem('INSTALL_NOT_ONE_FILE')
  return process.execPath
}

/** Whether that service is installed there, too, and needs the same executable. */
export function isInstalled({ root }: InstallPlace, unitName: string): boolean {
  return existsSync(join(root, unitFile(unitName)))
}
