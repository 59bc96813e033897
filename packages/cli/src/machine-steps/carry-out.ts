/** Carries out steps one by one, and says what was done. */
import { problem } from '@fairlead/contract/problems'
import { realpath } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'
import type { CliContext } from '../context.ts'
import type { JsonFlag } from '../flags.ts'
import { doStep } from './do-step.ts'
import { sentenceOf, type MachineStep } from './machine-step.ts'

export interface CarryOutFlags extends JsonFlag {
  readonly dryRun?: boolean
}

/** `root`: before each path; empty for this machine. Throws INSTALL_STEP_FAILED; the steps before it are done and were reported. */
export async function carryOut(
  context: CliContext,
  flags: CarryOutFlags,
  root: string,
  steps: readonly MachineStep[],
): Promise<void> {
  if (root !== '') for (const step of steps) await requireInside(root, step)
  for (const step of steps) {
    if (!flags.dryRun) await doStep(step)
    if (!flags.json) context.stdout.write(`${sentenceOf(step)}\n`)
  }
}

/** For a file, its folder: the file itself is replaced or removed, wherever it points. An edit follows a link. */
async function requireInside(root: string, step: MachineStep): Promise<void> {
  if (!('path' in step)) return
  const followed = step.do === 'make-folder' || step.do === 'edit' ? step.path : dirname(step.path)
  if (!(await leadsOut(root, followed))) return
  throw problem('INSTALL_STEP_FAILED', {
    name: sentenceOf(step),
    reason: 'its path, or a link in it, leads out of --root',
  })
}

/**
 * Whether a path under another root leads out of it: a link in an image is meant for the image, and points elsewhere when followed
 * here. What does not exist yet is created, and leads nowhere.
 */
async function leadsOut(root: string, path: string): Promise<boolean> {
  if (!isWithin(root, resolve(path))) return true
  const real = await realpath(root).catch(() => null)
  if (real === null) return false
  for (let at = resolve(path); at !== root; at = dirname(at)) {
    const found = await realpath(at).catch(() => null)
    if (found !== null) return !isWithin(real, found)
  }
  return false
}

const isWithin = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
