/**
 * Tries the doors of this machine again whenever something changed that may lead an engine past them: its restart, a file of a door, the owner's
 * file. Reports each door whose state changed, and what each look found.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import type { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { fileVersion } from '@fairlead/credential-path/process/file-version'
import type { FoundEngine } from '../engines/engine-door.ts'
import { registriesOf } from '../mirror/door-table.ts'
import type { DoorMachine } from './door-machine.ts'
import { isAtFault, lookAtDoors, problemOf, type SeenDoor } from './look-at-doors.ts'

export interface DoorWatch {
  readonly machine: DoorMachine
  /** As in the owner's file now. Throws a Problem while it cannot be used. */
  readonly policy: () => NodePolicy
  readonly stateDir: string
  readonly onChange: (seen: SeenDoor) => void
  /** After each look: why the doors are not all open; none if they are, or if there are no doors. */
  readonly onLook?: (faults: readonly Problem[]) => void
  /** Puts the files of engines in place before a look, which is then taken at once; by default somebody else does. Throws Problems. */
  readonly keepFiles?: (signal: AbortSignal) => Promise<void>
  readonly everyMs?: number
  /** When a door at fault is tried again although nothing changed: what is wrong may be elsewhere. */
  readonly againMs?: number
}

const lookEveryMs = 10_000
const lookAgainMs = 60_000

/** Runs until the signal aborts. */
export async function watchDoors(watch: DoorWatch, signal: AbortSignal): Promise<void> {
  const { machine, stateDir, keepFiles, onLook, everyMs = lookEveryMs, againMs = lookAgainMs } = watch
  const states = new Map<string, SeenDoor['state']>()
  /** Each engine ever found, by the way to it. */
  const known = new Map<string, FoundEngine>()
  let before: string | null = null
  let againAt = 0
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    if (!isFirst || keepFiles === undefined) await pause(everyMs, undefined, { signal }).catch(() => 'aborted')
    if (signal.aborted) return
    try {
      const policy = watch.policy()
      if (before !== null && performance.now() < againAt && versionOf(watch, policy, known) === before) continue
      before = null
      const unkept = await problemIn(() => keepFiles?.(signal))
      const registries = registriesOf(policy)
      if (registries.length === 0) {
        onLook?.(unkept === null ? [] : [unkept])
        continue
      }
      const { found, unfit } = await machine.findEngines(signal)
      for (const engine of found) known.set(engine.way, engine)
      const version = versionOf(watch, policy, known)
      const look = { machine, mirror: { port: policy.door_port, stateDir }, canProbe: hasSocket }
      const seen = unkept === null ? await lookAtDoors(registries, found, look, signal) : []
      for (const one of seen) {
        const door = `${one.registry} ${one.engine.way}`
        if (states.get(door) !== one.state) watch.onChange(one)
        states.set(door, one.state)
      }
      const noEngine = found.length > 0 ? [] : [unfit[0]?.problem ?? problem('DOOR_NO_ENGINE')]
      const faults = unkept === null ? [...noEngine, ...seen.filter(isAtFault).map(problemOf)] : [unkept]
      onLook?.(faults)
      // An engine that is just starting is looked for again.
      if (found.length > 0 && [...known.keys()].every((way) => isThere(way, found, machine))) before = version
      againAt = faults.length === 0 ? Number.POSITIVE_INFINITY : performance.now() + againMs
    } catch (error) {
      if (signal.aborted) return
      if (!isProblem(error)) throw error
      onLook?.([error])
    }
  }
}

async function problemIn(work: () => Promise<void> | undefined): Promise<Problem | null> {
  try {
    await work()
    return null
  } catch (error) {
    if (isProblem(error)) return error
    throw error
  }
}

/** A service may not run programs that need the whole machine: of those, only the files are compared. */
const hasSocket = ({ way }: FoundEngine): boolean => way.endsWith('.sock')

/** Whether it answers, or is not there at all. */
function isThere(way: string, found: readonly FoundEngine[], { places }: DoorMachine): boolean {
  return found.some((engine) => engine.way === way) || !existsSync(join(places.root, way))
}

/** Changes with the doors, with each of their files, and with the socket that an engine makes when it starts. */
function versionOf(
  { machine, stateDir }: DoorWatch,
  policy: NodePolicy,
  known: ReadonlyMap<string, FoundEngine>,
): string {
  const engines = [...known.values()]
  const mirror = { port: policy.door_port, stateDir }
  const files = registriesOf(policy).flatMap((registry) =>
    engines.flatMap((engine) => machine.filesFor(registry, mirror, engine).map(({ path }) => path)),
  )
  const paths = [...engines.map(({ way }) => way), ...files]
  return JSON.stringify([mirror, paths.map((path) => fileVersion(join(machine.places.root, path)))])
}
