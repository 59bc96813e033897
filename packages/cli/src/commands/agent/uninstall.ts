/** `fairlead agent uninstall`: stops the agent and removes what `install` installed. Policy and state stay by default. */
import { agentStatus, removeConfinement } from '@fairlead/agent'
import { problem } from '@fairlead/contract/problems'
import { join } from 'node:path'
import type { CliContext } from '../../context.ts'
import { carryOut } from '../../machine-steps/carry-out.ts'
import { isInstalled, placeOf, thisMachine } from '../../machine-steps/install-place.ts'
import { sentenceOf } from '../../machine-steps/machine-step.ts'
import type { PlaceFlags } from '../../machine-steps/place-flags.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'
import { doorFileSteps } from '../door/close-doors.ts'
import { installedPlace } from '../door/door-place.ts'
import { serverUnitName } from '../serve/server-unit.ts'
import { uninstallSteps } from './install-steps.ts'
import { defaultPaths } from './paths.ts'

export interface UninstallFlags extends PlaceFlags {
  readonly purge?: boolean
}

export default async function uninstall(this: CliContext, flags: UninstallFlags): Promise<void> {
  const place = placeOf(flags, thisMachine(), this.cwd)
  const stateDir = join(place.root, defaultPaths.stateDir)
  const { node, isRunning } = await agentStatus({ stateDir })
  // systemd stops an agent that it runs; any other agent would keep running without its folder.
  if (isRunning && !place.systemd) throw problem('STATE_DIR_IN_USE', { path: stateDir })
  const doors = installedPlace(place.root, this.cwd)
  // The doors first: without an agent, engines could pull nothing through them.
  const removal = { purge: flags.purge ?? false, keepProgram: isInstalled(place, serverUnitName) }
  const steps = [...(await doorFileSteps(doors, this.signal)), ...uninstallSteps(place, removal)]
  await carryOut(this, flags, place.root, steps)
  if (place.root === '' && !flags.dryRun) await removeRules()
  if (flags.json) printJson(this, { dry_run: flags.dryRun ?? false, steps: steps.map(sentenceOf) })
  if (flags.json || flags.dryRun || node === null) return
  const paint = paintFor(this.stdout, this.env)
  this.stdout.write(
    `${paint.dim('next:')}  fairlead node revoke ${node.name}, if this machine should no longer be a node\n`,
  )
}

/** The rules that keep workloads from the metadata service, and none of this machine's own. */
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
