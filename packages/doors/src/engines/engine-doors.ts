/** All engine doors. A new engine is a folder, and a line here. */
import { Problem } from '@fairlead/contract/problems'
import type { DoorEngine } from '@fairlead/contract/wire'
import { containerdDoor } from './containerd/containerd-door.ts'
import { dockerDoor } from './docker/docker-door.ts'
import type { EngineDoor, EnginePlaces, FoundEngine } from './engine-door.ts'
import { podmanDoor } from './podman/podman-door.ts'

export const engineDoors: Readonly<Record<DoorEngine, EngineDoor>> = {
  docker: dockerDoor,
  containerd: containerdDoor,
  podman: podmanDoor,
}

export interface EnginesOfMachine {
  readonly found: readonly FoundEngine[]
  /** Engines that are here but cannot use a door. */
  readonly unfit: readonly { readonly engine: DoorEngine; readonly problem: Problem }[]
}

export async function findEngines(places: EnginePlaces, signal: AbortSignal): Promise<EnginesOfMachine> {
  const found: FoundEngine[] = []
  const unfit: EnginesOfMachine['unfit'][number][] = []
  for (const door of Object.values(engineDoors)) {
    try {
      found.push(...(await door.find(places, signal)))
    } catch (error) {
      if (!(error instanceof Problem) || signal.aborted) throw error
      unfit.push({ engine: door.engine, problem: error })
    }
  }
  return { found, unfit }
}
