/** `fairlead agent install`: puts this executable, its unit and its folders in place; run again, it installs a newer version. */
import { agentStatus } from '@fairlead/agent'
import { problem } from '@fairlead/contract/problems'
import { join, resolve } from 'node:path'
import { isSea } from 'node:sea'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../terminal/paint.ts'
import { carryOut, placeOf, thisMachine, type PlaceFlags } from './install-place.ts'
import { installSteps, type InstallPlace } from './install-steps.ts'
import { afterInstall } from './next-step.ts'
import { defaultPaths } from './paths.ts'

export interface InstallFlags extends PlaceFlags {
  readonly executable?: string
}

export default async function install(this: CliContext, flags: InstallFlags): Promise<void> {
  const place = installPlace(this, flags)
  const executable = flags.executable === undefined ? ownExecutable() : resolve(this.cwd, flags.executable)
  await carryOut(this, flags, place, installSteps(place, executable))
  if (flags.json || flags.dryRun) return
  const { node } = await agentStatus({ stateDir: join(place.root, defaultPaths.stateDir) })
  const next = node === null ? afterInstall : 'fairlead agent status'
  this.stdout.write(`${paintFor(this.stdout, this.env).dim('next:')}  ${next}\n`)
}

/** Throws INSTALL_NO_SYSTEMD. A dry run works anywhere. */
function installPlace(context: CliContext, flags: InstallFlags): InstallPlace {
  const place = placeOf(flags, thisMachine(), context.cwd)
  if (place.root !== '' || place.systemd) return place
  if (!flags.dryRun) throw problem('INSTALL_NO_SYSTEMD')
  const warning = paintFor(context.stderr, context.env).yellow('warning:')
  context.stderr.write(`${warning} systemd is not running here, so only --dry-run and --root work on this machine\n`)
  return { ...place, systemd: true }
}

function ownExecutable(): string {
  if (!isSea()) throw problem('INSTALL_NOT_ONE_FILE')
  return process.execPath
}
