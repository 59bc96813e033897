/** What the agent needs of a container engine. Docker is reached by HTTP over its socket; no credential ever goes there. */

import type { EngineProcesses } from './engine-processes.ts'
import type { ContainerFile } from './tar-file.ts'

export interface EngineVersion {
  readonly version: string
  readonly apiVersion: string
  readonly os: string
  readonly arch: string
}

/** How the engine makes the cgroups of its containers. */
export interface EngineCgroups {
  readonly driver: 'cgroupfs' | 'systemd'
  /** Of version 1, there may be a hierarchy of version 2 beside it, which not every runtime joins. */
  readonly version: 1 | 2
}

export interface LocalImage {
  /** The engine's image id: the config's digest on the graphdriver store, the manifest's on the containerd store. */
  readonly id: string
  readonly os: string
  readonly arch: string
  readonly variant: string | null
  /** What its layers unpack to, in order, of the image that the engine would run: of an index, the entry that it chose. */
  readonly diffIds: readonly string[]
}

export interface Mount {
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
}

/** All that a container of Fairlead may have; what is not here cannot be asked for (S14). */
export interface ContainerSpec {
  readonly name: string
  readonly imageId: string
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  /** `host` or the name of a network that exists. */
  readonly network: string
  readonly gpus: 'all' | number | readonly string[] | null
  readonly shmBytes: number | null
  readonly ulimits: readonly { name: string; soft: number; hard: number }[]
  readonly mounts: readonly Mount[]
  readonly cgroupParent: string | null
}

export interface Container {
  readonly id: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly state: 'created' | 'running' | 'exited' | 'other'
  /** Of a container that ended, or that could not start; else null. */
  readonly exitStatus: number | null
  /** In which it was made; null: the engine's usual one. */
  readonly cgroupParent: string | null
  /** Its first process, as the engine's machine numbers it; null: it has none now. */
  readonly pid: number | null
}

export interface ExecResult {
  readonly exitStatus: number
  /** Standard output, cut at 64 KiB. */
  readonly stdout: string
  readonly stderr: string
}

/** A network of the engine's; `bridge` is the link of this machine that its containers are plugged into. */
export interface EngineNetwork {
  readonly driver: string
  readonly bridge: string | null
}

/** Every call throws a Problem (ENGINE_UNREACHABLE, ENGINE_ACCESS_DENIED, ENGINE_FAILED, NODE_DISK_FULL, IMAGE_*; the signal's own reason or INTERRUPTED) and nothing else. */
export interface Engine {
  version(signal: AbortSignal): Promise<EngineVersion>
  /** Where the engine keeps its images, on the machine that it runs on; null where it does not say. */
  dataRoot(signal: AbortSignal): Promise<string | null>
  /** Null: it makes none. */
  cgroups(signal: AbortSignal): Promise<EngineCgroups | null>
  /** By its name; null where there is none. */
  network(name: string, signal: AbortSignal): Promise<EngineNetwork | null>
  /** Who the engine is on this machine. Never throws: what cannot be seen is null. */
  processes(): Promise<EngineProcesses>
  /** Pulls a loopback reference by digest, to the end of its stream; returns when the image is there. */
  pull(reference: string, signal: AbortSignal): Promise<void>
  /** By image id or name; null where there is none. */
  image(idOrName: string, signal: AbortSignal): Promise<LocalImage | null>
  tag(idOrName: string, repository: string, tag: string, signal: AbortSignal): Promise<void>
  /** Drops one name; the image stays while it has another. */
  untag(name: string, signal: AbortSignal): Promise<void>
  createContainer(spec: ContainerSpec, signal: AbortSignal): Promise<string>
  /** Puts a file into a container that has not started: no mount of the machine, and nothing that the engine tells of the container. */
  putFile(id: string, file: ContainerFile, signal: AbortSignal): Promise<void>
  startContainer(id: string, signal: AbortSignal): Promise<void>
  /** Stops within the grace period, then kills; fine if it is gone already. */
  stopContainer(id: string, graceSeconds: number, signal: AbortSignal): Promise<void>
  removeContainer(id: string, signal: AbortSignal): Promise<void>
  /** All containers with this label, whatever their state. */
  containers(label: string, signal: AbortSignal): Promise<readonly Container[]>
  exec(id: string, command: readonly string[], signal: AbortSignal): Promise<ExecResult>
  /** The last lines of a container's output, both streams. */
  logs(id: string, lines: number, signal: AbortSignal): Promise<string>
}
