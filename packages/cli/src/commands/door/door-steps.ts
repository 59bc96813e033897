/** The steps that open and close doors: the owner's file, and the files of engines. Pure. */
import { beforePath, stateOf, type SeenFile } from '@fairlead/doors/upkeep/door-files'
import type { DoorFile } from '@fairlead/doors/engines/engine-door'
import { basename, dirname, join } from 'node:path'
import type { MachineStep } from '../../machine-steps/machine-step.ts'

/** A file as it should be, and as it is. */
export interface PlannedFile {
  readonly wanted: DoorFile
  readonly seen: SeenFile
  /** Whether what is there was written for a door. */
  readonly isOurs: boolean
}

/** Nothing for a file that is in place. What somebody else wrote stays next to it. */
export function writeSteps(root: string, files: readonly PlannedFile[]): readonly MachineStep[] {
  const made = new Set<string>()
  return files.flatMap(({ wanted, seen, isOurs }): readonly MachineStep[] => {
    const state = stateOf(wanted, seen.content)
    if (state === 'in_place') return []
    const path = join(root, wanted.path)
    const folder = dirname(path)
    const isNew = state === 'missing' && !made.has(folder)
    made.add(folder)
    return [
      ...(isNew ? [{ do: 'make-folder', path: folder, mode: 0o755 } as const] : []),
      ...(state === 'changed' && !isOurs ? [{ do: 'keep-aside', path, as: beforePath(path) } as const] : []),
      'text' in wanted
        ? { do: 'write', path, mode: 0o644, text: wanted.text }
        : { do: 'link', path, target: wanted.link },
    ]
  })
}

/** For files that were written for a door, and for those no longer. */
export function removeSteps(root: string, files: readonly SeenFile[]): readonly MachineStep[] {
  const steps = files.map((file): MachineStep => {
    const path = join(root, file.path)
    return file.hasBefore ? { do: 'put-back', path, from: beforePath(path) } : { do: 'remove', path }
  })
  const emptied = steps.filter((step) => step.do === 'remove').map(({ path }) => dirname(path))
  // A folder such as registries.conf.d belongs to the engine.
  const ours = [...new Set(emptied)].filter((folder) => !basename(folder).endsWith('.d'))
  return [...steps, ...ours.map((path) => ({ do: 'remove-empty-folder', path }) as const)]
}

export interface OwnerFileChange {
  /** With the root. */
  readonly path: string
  /** Null: the file does not exist yet. */
  readonly before: string | null
  /** Null: nothing changes. */
  readonly after: string | null
}

export function ownerFileSteps({ path, before, after }: OwnerFileChange): readonly MachineStep[] {
  if (after === null) return []
  if (before !== null) return [{ do: 'edit', path, before, text: after }]
  return [
    { do: 'make-folder', path: dirname(path), mode: 0o755 },
    { do: 'write-new', path, mode: 0o644, text: after },
  ]
}
