/** The doors of a machine as they are: for `door list`, `door test` and `doctor`. */
import { problem, type Problem } from '@fairlead/contract/problems'
import type { FoundEngine } from '../engines/engine-door.ts'
import type { MirrorPlace } from '../engines/mirror-place.ts'
import { askedWithinSeconds } from './ask-mirror.ts'
import type { DoorMachine } from './door-machine.ts'
import { readDoorFile, stateOf, type DoorFileState } from './door-files.ts'
import { squatterAt, type Squatter } from './squatter.ts'

export { doorSecretFor, registriesOf } from '../mirror/door-table.ts'

/**
 * `open`: the engine's pull was answered by the door. `missing`, `changed`: a file is not as it was written, so the engine asks elsewhere.
 * `absent`: the door is there for another engine, and this one has no file of it.
 * `bypassed`: the files are in place, and the engine asks elsewhere. `agent_down`: nothing serves the door. `port_taken`: another
 * user's program is in the agent's place, which no engine trusts. `unanswered`: the agent serves it, but
 * the engine got no answer. `failed`: the engine is broken, or does not answer, so nobody knows. `unchecked`: only root can look.
 */
export type DoorState =
  | 'open'
  | 'absent'
  | 'missing'
  | 'changed'
  | 'bypassed'
  | 'agent_down'
  | 'port_taken'
  | 'unanswered'
  | 'failed'
  | 'unchecked'

export interface SeenDoor {
  readonly registry: string
  readonly engine: FoundEngine
  readonly files: readonly { readonly path: string; readonly state: DoorFileState }[]
  readonly state: DoorState
  /** What the engine said to the probe, for the terminal of this machine only. */
  readonly words: string
  /** What leads the engine past the door, if it was not even asked. */
  readonly past?: string
  /** Who listens in the agent's place. */
  readonly squatter?: Squatter
  /** What is wrong with the engine itself. */
  readonly failure?: Problem
}

/** Why a door is not open. */
export function problemOf(seen: NotOpen): Problem {
  const {
    registry,
    engine: { name, doubt, readsAtStart },
    state,
    files = [],
    past,
    squatter,
    failure,
  } = seen
  if (failure !== undefined) return failure
  if (squatter !== undefined) return problem('DOOR_PORT_TAKEN', squatter)
  if (state === 'agent_down') return problem('DOOR_NOT_ANSWERING', { seconds: askedWithinSeconds })
  // Of an engine whose configuration leads past the door, no file stays: to write it again would not help.
  const leads = past ?? (readsAtStart ? null : doubt)
  const isUnwritten = state === 'missing' || state === 'absent'
  if (state === 'changed' || (isUnwritten && leads === null)) {
    const path = files.find((file) => file.state !== 'in_place')?.path ?? ''
    return problem('DOOR_FILES_CHANGED', { path, name, registry })
  }
  if (state !== 'bypassed' && !isUnwritten) return problem('DOOR_UNANSWERED', { name, registry })
  const reason = past ?? doubt ?? 'its pull of a name that only the door can answer ended without that answer'
  return problem('DOOR_BYPASSED', { name, registry, reason })
}

type NotOpen = Pick<SeenDoor, 'registry' | 'engine' | 'state'> &
  Partial<Pick<SeenDoor, 'files' | 'past' | 'squatter' | 'failure'>>

export interface DoorLook {
  readonly machine: DoorMachine
  readonly mirror: MirrorPlace
  /** Whether an engine is asked to pull, which only root can. */
  readonly canProbe: (engine: FoundEngine) => boolean
}

export async function lookAtDoors(
  registries: readonly string[],
  engines: readonly FoundEngine[],
  look: DoorLook,
  signal: AbortSignal,
): Promise<readonly SeenDoor[]> {
  const pairs = registries.flatMap((registry) => engines.map((engine) => ({ registry, engine })))
  return withAbsent(await Promise.all(pairs.map(({ registry, engine }) => lookAtDoor(registry, engine, look, signal))))
}

/** An engine without a file of a door that another engine has is one that the door is not open for. */
export function withAbsent(seen: readonly SeenDoor[]): readonly SeenDoor[] {
  const hasNone = ({ files }: SeenDoor): boolean => files.every(({ state }) => state === 'missing')
  const open = new Set(seen.filter((door) => !hasNone(door)).map(({ registry }) => registry))
  return seen.map((door) => (hasNone(door) && open.has(door.registry) ? { ...door, state: 'absent' } : door))
}

/** Whether the engine has a door that does not work. */
export function isAtFault({ state }: Pick<SeenDoor, 'state'>): boolean {
  return !['open', 'absent', 'unchecked'].includes(state)
}

async function lookAtDoor(
  registry: string,
  engine: FoundEngine,
  { machine, mirror, canProbe }: DoorLook,
  signal: AbortSignal,
): Promise<SeenDoor> {
  const wanted = machine.filesFor(registry, mirror, engine)
  const files = await Promise.all(
    wanted.map(async (file) => {
      const { content } = await readDoorFile(machine.places.root, file.path)
      return { path: file.path, state: stateOf(file, content) }
    }),
  )
  const seen = { registry, engine, files, words: '' }
  if (files.some(({ state }) => state === 'missing')) return { ...seen, state: 'missing' }
  if (files.some(({ state }) => state === 'changed')) return { ...seen, state: 'changed' }
  if (!canProbe(engine)) return { ...seen, state: 'unchecked' }
  const { verdict, words, ...why } = await machine.probe(registry, mirror, engine, signal)
  if (verdict === 'answered') return { ...seen, state: 'open' }
  if (verdict !== 'unanswered') return { ...seen, ...why, state: verdict, words }
  if (await machine.askMirror({ registry, engine: engine.engine, mirror }, signal))
    return { ...seen, state: 'unanswered', words }
  const squatter = await squatterAt(mirror)
  return squatter === null ? { ...seen, state: 'agent_down', words } : { ...seen, state: 'port_taken', words, squatter }
}
