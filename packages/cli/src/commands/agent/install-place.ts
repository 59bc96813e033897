/** Where an agent is installed or removed, and the doing of it. */
import { problem } from '@fairlead/contract/problems'
import { lstatSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { doStep } from './install-executor.ts'
import { leadsOut } from './leads-out.ts'
import { sentenceOf, type InstallPlace, type InstallStep } from './install-steps.ts'

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
  // As sd_booted(3) asks.
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

/** Throws INSTALL_STEP_FAILED; what came before it is done and was told. */
export async function carryOut(
  context: CliContext,
  flags: PlaceFlags,
  { root }: InstallPlace,
  steps: readonly InstallStep[],
): Promise<void> {
  if (root !== '') for (const step of steps) await requireInside(root, step)
  for (const step of steps) {
    if (!flags.dryRun) await doStep(step)
    if (!flags.json) context.stdout.write(`${sentenceOf(step)}\n`)
  }
  if (flags.json) printJson(context, { dry_run: flags.dryRun ?? false, steps: steps.map(sentenceOf) })
}

/** Of a file its folder: the file itself is replaced or removed, whatever it leads to. */
async function requireInside(root: string, step: InstallStep): Promise<void> {
  if (!('path' in step)) return
  const followed = step.do === 'make-folder' ? step.path : dirname(step.path)
  if (!(await leadsOut(root, followed))) return
  throw problem('INSTALL_STEP_FAILED', { name: sentenceOf(step), reason: 'a link leads out of --root' })
}
