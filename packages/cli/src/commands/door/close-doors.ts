/** Closes doors on a machine: the files of engines first, then the owner's file. Needs neither the agent nor an engine, nor a valid file. */
import { isProblem, type Problem } from '@fairlead/contract/problems'
import { parseNodePolicy } from '@fairlead/credential-path/policy/read-node-policy'
import type { FoundEngine } from '@fairlead/doors/engines/engine-door'
import { findDoorFiles, ownerOf, type SeenFile } from '@fairlead/doors/upkeep/door-files'
import { closeDoors, type EditedDoors } from '@fairlead/doors/upkeep/edit-doors'
import { registriesOf } from '@fairlead/doors/upkeep/look-at-doors'
import type { CliContext } from '../../context.ts'
import { carryOut, type CarryOutFlags } from '../../machine-steps/carry-out.ts'
import { sentenceOf, type MachineStep } from '../../machine-steps/machine-step.ts'
import { readOwnerText, registryOf, type DoorPlace } from './door-place.ts'
import { ownerFileSteps, removeSteps } from './door-steps.ts'

export interface ClosedDoors {
  readonly changes: EditedDoors['changes']
  readonly steps: readonly string[]
  /** Registries that still have a door, though a part of them was closed. */
  readonly stillOpen: readonly string[]
  /** Why the owner's file could not be edited. */
  readonly unedited: Problem | null
}

/** Null: all doors. Throws INSTALL_STEP_FAILED; for a part of a registry also POLICY_UNSAFE and POLICY_INVALID. */
export async function closeDoorsAt(
  place: DoorPlace,
  doors: readonly string[] | null,
  options: CarryOutFlags,
  context: CliContext,
): Promise<ClosedDoors> {
  const { root } = place.machine.places
  const owner = editOwnerFile(place, doors)
  // An engine's file is for the whole registry, and nobody can say whether another part has a door.
  if (owner.unedited !== null && doors?.some((door) => door.includes('/'))) throw owner.unedited
  const registries = doors?.map(registryOf) ?? null
  const isClosing = (registry: string): boolean =>
    !owner.remaining.includes(registry) && (registries?.includes(registry) ?? true)
  const folders = await filesOfDoors(place, context.signal)
  const files = folders.flatMap((ofFolder) => filesToRemove(ofFolder, isClosing, place.stateDir))
  const steps = [...removeSteps(root, files), ...owner.steps]
  await carryOut(context, options, root, steps)
  return {
    changes: owner.changes,
    steps: steps.map(sentenceOf),
    stillOpen: [...new Set(registries)].filter((registry) => owner.remaining.includes(registry)),
    unedited: owner.unedited,
  }
}

/** What uninstalling does: the owner's file stays as it is. */
export async function doorFileSteps(place: DoorPlace, signal: AbortSignal): Promise<readonly MachineStep[]> {
  return removeSteps(place.machine.places.root, (await filesOfDoors(place, signal)).flat())
}

interface OwnerEdit {
  readonly changes: EditedDoors['changes']
  readonly steps: readonly MachineStep[]
  /** The registries that keep a door. */
  readonly remaining: readonly string[]
  readonly unedited: Problem | null
}

function editOwnerFile(place: DoorPlace, doors: readonly string[] | null): OwnerEdit {
  const { policyFile: path } = place
  try {
    const before = readOwnerText(place)
    if (before === null) return { changes: [], steps: [], remaining: [], unedited: null }
    const { text, changes } = closeDoors({ path, text: before }, doors)
    const remaining = registriesOf(parseNodePolicy(text ?? before, path))
    return { changes, steps: ownerFileSteps({ path, before, after: text }), remaining, unedited: null }
  } catch (error) {
    // A file that is not valid opens no door either, and must not keep the files of engines in place.
    if (isProblem(error)) return { changes: [], steps: [], remaining: [], unedited: error }
    throw error
  }
}

const enginesWithinMs = 5000

/** For each folder that an engine may read, whether or not it runs. */
async function filesOfDoors({ machine, stateDir }: DoorPlace, signal: AbortSignal): Promise<readonly FilesOfFolder[]> {
  const clock = AbortSignal.any([signal, AbortSignal.timeout(enginesWithinMs)])
  const running = machine.findEngines(clock).catch(() => {
    signal.throwIfAborted()
    return { found: [] }
  })
  const engines = (await Promise.all([running, machine.findInstalled(signal)])).flatMap(({ found }) => found)
  const folders = new Map<string, FoundEngine>(engines.map((engine) => [engine.folder, engine]))
  return Promise.all([...folders.values()].map((one) => findDoorFiles(machine.places.root, one, stateDir)))
}

type FilesOfFolder = readonly SeenFile[]

/** Those of registries that are closing, and the links to keys if no other door in that folder needs them. */
function filesToRemove(
  files: FilesOfFolder,
  isClosing: (registry: string) => boolean,
  stateDir: string,
): FilesOfFolder {
  const stays = ({ content }: SeenFile): boolean => {
    const owner = ownerOf(content, stateDir)
    return owner !== null && owner !== 'keys' && !isClosing(owner.registry)
  }
  const keepsKeys = files.some(stays)
  return files.filter((file) => !stays(file) && !(keepsKeys && ownerOf(file.content, stateDir) === 'keys'))
}
