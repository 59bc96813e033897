/** `fairlead agent uninstall`: stops the agent and takes away what `install` brought. Policy and state stay unless told otherwise. */
import { agentStatus, removeConfinement } from '@fairlead/agent'
import { problem } from '@fairlead/contract/problems'
import { join } from 'node:path'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../terminal/paint.ts'
import { carryOut, placeOf, thisMachine, type PlaceFlags } from './install-place.ts'
import { uninstallSteps } from './install-steps.ts'
import { defaultPaths } from './paths.ts'

export interface UninstallFlags extends PlaceFlags {
  readonly purge?: boolean
}

export default async function uninstall(this: CliContext, flags: UninstallFlags): Promise<void> {
  const place = placeOf(flags, thisMachine(), this.cwd)
  const stateDir = join(place.root, defaultPaths.stateDir)
  const { node, isRunning } = await agentStatus({ stateDir })
  // One that systemd runs is stopped by it; another would go on with a folder that is gone.
  if (isRunning && !place.systemd) throw problem('STATE_DIR_IN_USE', { path: stateDir })
  await carryOut(this, flags, place, uninstallSteps(place, flags.purge ?? false))
  if (place.root === '' && !flags.dryRun) await removeRules()
  if (flags.json || flags.dryRun || node === null) return
  const paint = paintFor(this.stdout, this.env)
  this.stdout.write(
    `${paint.dim('next:')}  fairlead node revoke ${node.name}, if this machine should no longer be a node\n`,
  )
}

/** Those that keep workloads from the metadata service: none of this machine's own. */
async function removeRules(): Promise<void> {
  try {
    await removeConfinement()
  } catch {
    throw problem('INSTALL_STEP_FAILED', {
      name: 'remove the rules of the metadata service',
      reason: 'iptables could not change its tables',
    })
  }
}
