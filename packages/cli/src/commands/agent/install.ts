/** `fairlead agent install`: puts this executable, its unit and its folders in place; run again, it installs a newer version. */
import { agentStatus } from '@fairlead/agent'
import type { WantedDoor } from '@fairlead/doors/upkeep/edit-doors'
import { engineWarnings } from '@fairlead/doors/upkeep/engine-advice'
import { unpackingWarnings } from '@fairlead/doors/upkeep/unpacking-advice'
import { join } from 'node:path'
import type { CliContext } from '../../context.ts'
import { carryOut } from '../../machine-steps/carry-out.ts'
import { chosenExecutable, installPlace } from '../../machine-steps/install-place.ts'
import { sentenceOf, type MachineStep } from '../../machine-steps/machine-step.ts'
import type { InstallFlags } from '../../machine-steps/place-flags.ts'
import type { InstallPlace } from '../../machine-steps/service-steps.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'
import { enginesOf, installedPlace } from '../door/door-place.ts'
import { openDoorsAt } from '../door/open-doors.ts'
import { warningJson, warnWithFix } from '../../terminal/warn.ts'
import { openedJson, printOpened, wantedDoor } from '../door/open.ts'
import { installSteps } from './install-steps.ts'
import { afterInstall } from './next-step.ts'
import { defaultPaths } from './paths.ts'

export interface AgentInstallFlags extends InstallFlags {
  readonly door?: readonly string[]
}

const command = 'fairlead agent install'

export default async function install(this: CliContext, flags: AgentInstallFlags): Promise<void> {
  const place = installPlace(this, flags, 'fairlead agent run')
  const executable = chosenExecutable(this, flags)
  const wanted = (flags.door ?? []).map((door) => wantedDoor(door, command))
  const steps = installSteps(place, executable)
  if (wanted.length > 0) return installWithDoors(this, flags, { place, steps, wanted })
  await carryOut(this, flags, place.root, steps)
  const isForThisMachine = place.root === '' && !flags.dryRun
  const none = { found: [], unfit: [] }
  const { found, unfit } = isForThisMachine ? await enginesOf(installedPlace('', this.cwd), this.signal) : none
  const warnings = [...engineWarnings(unfit.map(({ problem }) => problem)), ...(await unpackingWarnings(found, ''))]
  if (flags.json) {
    return printJson(this, {
      dry_run: flags.dryRun ?? false,
      steps: steps.map(sentenceOf),
      warnings: warnings.map(warningJson),
    })
  }
  if (flags.dryRun) return
  for (const warning of warnings) warnWithFix(this, warning)
  const { node } = await agentStatus({ stateDir: join(place.root, defaultPaths.stateDir) })
  const next = node === null ? afterInstall : 'fairlead agent status'
  this.stdout.write(`${paintFor(this.stdout, this.env).dim('next:')}  ${next}\n`)
}

interface DoorsToo {
  readonly place: InstallPlace
  readonly steps: readonly MachineStep[]
  readonly wanted: readonly WantedDoor[]
}

/** The owner's file names the doors before the agent starts, so that its first start serves them. */
async function installWithDoors(
  context: CliContext,
  flags: AgentInstallFlags,
  { place, steps, wanted }: DoorsToo,
): Promise<void> {
  const starts = steps.filter((step) => step.do === 'systemctl')
  const files = steps.filter((step) => step.do !== 'systemctl')
  await carryOut(context, flags, place.root, files)
  const doors = installedPlace(place.root, context.cwd)
  const done = await openDoorsAt(doors, wanted, { ...flags, starts }, context)
  const opened = { ...done, warnings: [...done.warnings, ...(await unpackingWarnings(done.engines, place.root))] }
  if (!flags.json) return printOpened(context, opened, flags)
  printJson(context, { ...openedJson(opened, flags), steps: [...files.map(sentenceOf), ...opened.steps] })
}
