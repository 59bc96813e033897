/** The few fields of Docker's answers that we use, validated by a schema; all other fields are ignored. */
import { Digest } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { z } from 'zod'
import type { ContainerdStore } from './containerd-store.ts'
import type { Container, EngineCgroups, EngineNetwork, LocalImage } from './engine.ts'

const Id = z.object({ Id: z.string().min(1).max(256) })
const Info = z.object({ DockerRootDir: z.string().startsWith('/') })
// An engine that does not report its cgroup version predates version 2.
const Cgroups = z.object({
  CgroupDriver: z.enum(['cgroupfs', 'systemd']),
  CgroupVersion: z.enum(['1', '2']).default('1'),
})
// A graphdriver store has its images elsewhere.
const ContainerdImages = z.object({
  Driver: z.string().min(1),
  DriverStatus: z
    .array(z.array(z.string()))
    .refine((rows) => rows.some(([name, value]) => name === 'driver-type' && value === 'io.containerd.snapshotter.v1')),
  Containerd: z.object({
    Address: z.string().startsWith('/'),
    Namespaces: z.object({ Containers: z.string().min(1) }),
  }),
})
const Network = z.object({
  Id: z.string().regex(/^[0-9a-f]{12,64}$/),
  Driver: z.string(),
  Options: z.record(z.string(), z.string()).nullish(),
})
const LinkName = z.string().regex(/^[A-Za-z0-9_.-]{1,15}$/)
const Exec = z.object({ ExitCode: z.int().nullable() })
const Image = z.object({
  Id: Digest,
  Os: z.string().default(''),
  Architecture: z.string().default(''),
  Variant: z.string().optional(),
  RootFS: z.object({ Layers: z.array(z.string()).nullish() }).nullish(),
})
// An image that is only known by its digest, or not at all, has no tags.
const NamedImage = z.object({ RepoTags: z.array(z.string()).nullish() })
const ContainerAnswer = z.object({
  Id: z.string(),
  Name: z.string(),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullable() }),
  State: z.object({ Status: z.string(), ExitCode: z.int(), Pid: z.int().nonnegative().default(0) }),
  HostConfig: z.object({ CgroupParent: z.string().nullish() }),
})

export const id = (body: unknown): string => read(Id, body).Id

export const ids = (body: unknown): readonly string[] => read(z.array(Id), body).map((one) => one.Id)

/** Null if the engine does not report it. */
export const dataRoot = (body: unknown): string | null => Info.safeParse(body).data?.DockerRootDir ?? null

/** Null if it makes none. */
export function cgroups(body: unknown): EngineCgroups | null {
  const said = Cgroups.safeParse(body).data
  return said === undefined ? null : { driver: said.CgroupDriver, version: said.CgroupVersion === '2' ? 2 : 1 }
}

/** Null: the engine keeps its images itself, or does not say where. */
export function containerdStore(body: unknown): ContainerdStore | null {
  const said = ContainerdImages.safeParse(body).data
  if (said === undefined) return null
  const { Driver, Containerd } = said
  return { socketPath: Containerd.Address, namespace: Containerd.Namespaces.Containers, snapshotter: Driver }
}

/** A bridge has the name that was requested, or one that Docker derives from the network's id. */
export function network(body: unknown): EngineNetwork {
  const { Id, Driver, Options } = read(Network, body)
  const named = Options?.['com.docker.network.bridge.name'] || `br-${Id.slice(0, 12)}`
  return { driver: Driver, bridge: Driver === 'bridge' ? read(LinkName, named) : null }
}

export const execStatus = (body: unknown): number => read(Exec, body).ExitCode ?? -1

export function localImage(body: unknown): LocalImage {
  const image = read(Image, body)
  return {
    id: image.Id,
    os: image.Os,
    arch: image.Architecture,
    variant: image.Variant || null,
    diffIds: image.RootFS?.Layers ?? [],
  }
}

export function tagsIn(repository: string, body: unknown): readonly string[] {
  const names = read(z.array(NamedImage), body).flatMap(({ RepoTags }) => RepoTags ?? [])
  return names.filter((name) => name.startsWith(`${repository}:`)).map((name) => name.slice(repository.length + 1))
}

export function container(body: unknown): Container {
  const { Id, Name, Config, State, HostConfig } = read(ContainerAnswer, body)
  const state = stateOf(State.Status)
  // A command missing from the image leaves the container in the created state, with the status a shell would give: 126 or 127.
  const neverRan = state === 'created' && State.ExitCode !== 0
  return {
    id: Id,
    name: Name.replace(/^\//, ''),
    labels: Config.Labels ?? {},
    state,
    exitStatus: state === 'exited' || neverRan ? State.ExitCode : null,
    cgroupParent: HostConfig.CgroupParent || null,
    pid: State.Pid || null,
  }
}

function stateOf(status: string): Container['state'] {
  if (status === 'dead') return 'exited'
  return status === 'created' || status === 'running' || status === 'exited' ? status : 'other'
}

function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  throw problem('ENGINE_FAILED', { http_status: 200, reason: 'the answer is not what Docker is known to say' })
}
