/** `fairlead serve uninstall`: stops the control plane and removes what `install` installed. Settings and data stay by default. */
import type { CliContext } from '../../context.ts'
import { carryOut } from '../../machine-steps/carry-out.ts'
import { isInstalled, placeOf, thisMachine } from '../../machine-steps/install-place.ts'
import { sentenceOf } from '../../machine-steps/machine-step.ts'
import type { PlaceFlags } from '../../machine-steps/place-flags.ts'
import { printJson } from '../../print.ts'
import { unitName as agentUnitName } from '../agent/install-unit.ts'
import { uninstallServerSteps } from './server-steps.ts'

export interface ServeUninstallFlags extends PlaceFlags {
  readonly purge?: boolean
}

export default async function uninstall(this: CliContext, flags: ServeUninstallFlags): Promise<void> {
  const place = placeOf(flags, thisMachine(), this.cwd)
  const removal = { purge: flags.purge ?? false, keepProgram: isInstalled(place, agentUnitName) }
  const steps = uninstallServerSteps(place, removal)
  await carryOut(this, flags, place.root, steps)
  if (flags.json) printJson(this, { dry_run: flags.dryRun ?? false, steps: steps.map(sentenceOf) })
}
