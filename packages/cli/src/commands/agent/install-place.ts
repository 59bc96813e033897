/** Where an agent is installed or removed, and the code that does it. */
import { problem } from '@fairlead/contract/problems'
import { lstatSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { doStep } from './install-executor.ts'
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

/** Throws INSTALL_STEP_FAILED; the steps before it are done and were reported. */
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

/** For a file, its folder: the file itself is replaced or removed, wherever it points. */
async function requireInside(root: string, step: InstallStep): Promise<void> {
  if (!('path' in step)) return
  const followed = step.do === 'make-folder' ? step.path : dirname(step.path)
  if (!(await leadsOut(root, followed))) return
  throw problem('INSTALL_STEP_FAILED', { name: sentenceOf(step), reason: 'a link leads out of --root' })
}

/**
 * Whether a path under another root leads out of it: a link in an image is meant for the image, and points elsewhere when followed
 * here. `path` is `root` or begins with it. What does not exist yet is created, and leads nowhere.
 */
async function leadsOut(root: string, path: string): Promise<boolean> {
  const real = await realpath(root).catch(() => null)
  if (real === null) return false
  for (let at = path; at.length > root.length; at = dirname(at)) {
    const found = await realpath(at).catch(() => null)
    if (found !== null) return found !== real && !found.startsWith(real.endsWith(sep) ? real : real + sep)
  }
  return false
}
