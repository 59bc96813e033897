/** An engine door: where an engine reads whom to ask for a registry's images, and how to see that it asks the mirror. Types only. */
import type { DoorEngine } from '@fairlead/contract/wire'
import type { MirrorPlace } from './mirror-place.ts'

/** Where engines are sought. */
export interface EnginePlaces {
  /** Before every path: empty for this machine, a folder for a machine image. */
  readonly root: string
  /** False for a machine image: nothing runs there, so files alone say what is there. */
  readonly isRunning: boolean
  /** Docker's socket, below the root. */
  readonly dockerSocket: string
}

export const thisMachine: EnginePlaces = { root: '', isRunning: true, dockerSocket: '/var/run/docker.sock' }

/** An engine that can use a door. Its paths do not contain the root. */
export interface FoundEngine {
  readonly engine: DoorEngine
  /** For people: `Docker 29.1.3`, `containerd 2.1.5 of k3s`. */
  readonly name: string
  /** The folder below which it reads the files of registries. */
  readonly folder: string
  /** The socket or program through which it pulls. */
  readonly way: string
  /** What in its configuration may lead it past the door, in words for DOOR_BYPASSED; null if nothing does. */
  readonly doubt: string | null
  /** It reads its files only when it starts, so a probe decides nothing before that. */
  readonly readsAtStart?: true
}

/** A file of the door, outside the root. A link leads to a key of the agent, so that renewed keys need no new file. */
export type DoorFile =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly link: string }

export interface EngineDoor {
  readonly engine: DoorEngine
  /** Those on this machine: none, one, or several, as k3s brings a containerd of its own. Throws DOOR_ENGINE_TOO_OLD, DOOR_ENGINE_STORE or DOOR_ENGINE_SILENT. */
  find(places: EnginePlaces, signal: AbortSignal): Promise<readonly FoundEngine[]>
  /** What makes the engine ask the mirror, and nobody else, for the images of a registry, which is named by its key. */
  files(registry: string, mirror: MirrorPlace, found: FoundEngine): readonly DoorFile[]
  /** What leads other images of the registry past the door than a probe asks for, in words for DOOR_BYPASSED; null if nothing does. */
  past?(registry: string, places: EnginePlaces): Promise<string | null>
  /** Pulls an image that does not exist, in the engine's own way, and returns the engine's words: only the mirror can have put a proof there. Empty if it pulled something. */
  probe(image: string, found: FoundEngine, places: EnginePlaces, signal: AbortSignal): Promise<string>
}
