/** What the agent needs from a container engine. Docker is reached by HTTP over its socket; no credential ever goes there. */

import type { EngineProcesses } from './engine-processes.ts'
import type { ContainerFile } from './tar-file.ts'

export interface EngineVersion {
  readonly version: string
  readonly apiVersion: string
  readonly os: string
  readonly arch: string
}

/** How the engine creates the cgroups of its containers. */
export interface EngineCgroups {
  readonly driver: 'cgroupfs' | 'systemd'
  /** With version 1, there may also be a version 2 hierarchy, which not every runtime joins. */
  readonly version: 1 | 2
}

export interface LocalImage {
  /** The engine's image id: the config digest on the graphdriver store, the manifest digest on the containerd store. */
  readonly id: string
  readonly os: string
  readonly arch: string
  readonly variant: string | null
  /** The digests of its unpacked layers, in order, for the image that the engine would run: for an index, the entry it chose. */
  readonly diffIds: readonly string[]
}

export interface Mount {
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
}

/** Everything a Fairlead container may have; anything not listed here cannot be requested (S14). */
export interface ContainerSpec {
  readonly name: string
  readonly imageId: string
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  /** `host` or the name of an existing network. */
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
  /** For a container that ended or could not start; otherwise null. */
  readonly exitStatus: number | null
  /** The cgroup to create it in; null: the engine's default. */
  readonly cgroupParent: string | null
  /** Pid of its first process on the engine's machine; null: it is not running. */
  readonly pid: number | null
}

export interface ExecResult {
  readonly exitStatus: number
  /** Standard output, cut at 64 KiB. */
  readonly stdout: string
  readonly stderr: string
}

/** An engine network; `bridge` is the interface on this machine that its containers attach to. */
export interface EngineNetwork {
  readonly driver: string
  readonly bridge: string | null
}

/** Throws only Problems: ENGINE_UNREACHABLE, ENGINE_ACCESS_DENIED, ENGINE_FAILED, NODE_DISK_FULL, IMAGE_*; the signal's reason or INTERRUPTED. */
export interface Engine {
  version(signal: AbortSignal): Promise<EngineVersion>
  /** Where the engine stores its images, on its own machine; null if it does not say. */
  dataRoot(signal: AbortSignal): Promise<string | null>
  /** Null: it creates none. */
  cgroups(signal: AbortSignal): Promise<EngineCgroups | null>
  /** Looks it up by name; null if there is none. */
  network(name: string, signal: AbortSignal): Promise<EngineNetwork | null>
  /** Which processes are the engine on this machine. Never throws: null if they cannot be seen. */
  processes(): Promise<EngineProcesses>
  /** Pulls a loopback reference by digest, reads the stream to its end, and returns once the image is present. */
  pull(reference: string, signal: AbortSignal): Promise<void>
  /** By image id or name; null if there is none. */
  image(idOrName: string, signal: AbortSignal): Promise<LocalImage | null>
  tag(idOrName: string, repository: string, tag: string, signal: AbortSignal): Promise<void>
  /** The tags that images have in one repository. */
  tags(repository: string, signal: AbortSignal): Promise<readonly string[]>
  /** Removes one name; the image remains while it has another. Refuses (ENGINE_FAILED) the last one of an image that a container uses. */
  untag(name: string, signal: AbortSignal): Promise<void>
  createContainer(spec: ContainerSpec, signal: AbortSignal): Promise<string>
  /** Puts a file into a container that has not started: no mount, and nothing visible in what the engine reports about the container. */
  putFile(id: string, file: ContainerFile, signal: AbortSignal): Promise<void>
  startContainer(id: string, signal: AbortSignal): Promise<void>
  /** Stops within the grace period, then kills; succeeds if it is already gone. */
  stopContainer(id: string, graceSeconds: number, signal: AbortSignal): Promise<void>
  removeContainer(id: string, signal: AbortSignal): Promise<void>
  /** All containers with this label, in any state. */
  containers(label: string, signal: AbortSignal): Promise<readonly Container[]>
  exec(id: string, command: readonly string[], signal: AbortSignal): Promise<ExecResult>
  /** The last lines of a container's output, from both streams. */
  logs(id: string, lines: number, signal: AbortSignal): Promise<string>
}
