/**
 * Tries the doors of this machine again whenever something changed that may lead an engine past them: its restart, a file of a door, the owner's
 * file. Reports each door whose state changed.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isProblem } from '@fairlead/contract/problems'
import type { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { fileVersion } from '@fairlead/credential-path/process/file-version'
import type { FoundEngine } from '../engines/engine-door.ts'
import { registriesOf } from '../mirror/door-table.ts'
import type { DoorMachine } from './door-machine.ts'
import { lookAtDoors, type SeenDoor } from './look-at-doors.ts'

export interface DoorWatch {
  readonly machine: DoorMachine
  /** As the owner's file is now. Throws a Problem while it cannot be used. */
  readonly policy: () => NodePolicy
  readonly stateDir: string
  readonly onChange: (seen: SeenDoor) => void
  readonly everyMs?: number
}

const lookEveryMs = 10_000

/** Runs until the signal aborts. */
export async function watchDoors(watch: DoorWatch, signal: AbortSignal): Promise<void> {
  const { machine, stateDir } = watch
  const states = new Map<string, SeenDoor['state']>()
  /** Each engine ever found, by the way to it. */
  const known = new Map<string, FoundEngine>()
  let before: string | null = null
  while (!signal.aborted) {
    await pause(watch.everyMs ?? lookEveryMs, undefined, { signal }).catch(() => 'aborted')
    if (signal.aborted) return
    try {
      const policy = watch.policy()
      const registries = registriesOf(policy)
      if (registries.length === 0) continue
      if (before !== null && versionOf(watch, policy, known) === before) continue
      before = null
      const { found } = await machine.findEngines(signal)
      for (const engine of found) known.set(engine.way, engine)
      const version = versionOf(watch, policy, known)
      const look = { machine, mirror: { port: policy.door_port, stateDir }, canProbe: hasSocket }
      for (const seen of await lookAtDoors(registries, found, look, signal)) {
        const door = `${seen.registry} ${seen.engine.way}`
        if (states.get(door) !== seen.state) watch.onChange(seen)
        states.set(door, seen.state)
      }
      // An engine that is just starting is looked for again.
      if (found.length > 0 && [...known.keys()].every((way) => isThere(way, found, machine))) before = version
    } catch (error) {
      if (signal.aborted) return
      if (!isProblem(error)) throw error
    }
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
