/**
 * What a support bundle may hold, as a list of everything in it: enumerations, numbers, times, versions and our own ids. Names, hosts, images,
 * references, variables and texts have no place in it, so none can be left in by mistake. Pure.
 */
import type { DoctorReport } from '@fairlead/agent'
import { ProblemCode, problemOf } from '@fairlead/contract/problems'
import {
  BuildStatus,
  ClusterState,
  NodeState,
  PullDecision,
  PullPurpose,
  type Build,
  type Cloud,
  type Cluster,
  type ClusterEnvironment,
  type Node,
  type PullRecord,
} from '@fairlead/contract/wire'
import { z } from 'zod'
import { UsageError } from '../../usage-error.ts'

const Id = z.string().regex(/^[a-z]{2,5}_[0-9a-z]{26}$/)
const Version = z.string().regex(/^[A-Za-z0-9.+~_-]{1,64}$/)
const Time = z.iso.datetime()
const Count = z.int().nonnegative()
const Code = ProblemCode.nullable()
const Word = z.string().regex(/^[a-z_]{1,32}$/)
/** How a value is formed, without the value. */
const Shape = z.union([z.boolean(), z.number(), z.enum(['none', 'text']), z.object({ entries: Count })])

const ControlPlane = z.strictObject({
  version: Version,
  clouds: z.array(
    z.strictObject({
      id: Id,
      provider: z.enum(['aws', 'gcp', 'local']),
      join: z.enum(['proof', 'token']),
      has_region: z.boolean(),
      allow_any_secret: z.boolean(),
    }),
  ),
  builds: z.array(
    z.strictObject({ id: Id, cloud_id: Id, status: BuildStatus, code: Code, has_secret: z.boolean(), env_vars: Count }),
  ),
  clusters: z.array(
    z.strictObject({ id: Id, state: ClusterState, code: Code, build_id: Id, workers: Count, starts: Count }),
  ),
  nodes: z.array(
    z.strictObject({
      id: Id,
      cloud_id: Id,
      state: NodeState,
      checker: z.boolean(),
      agent_version: Version.nullable(),
      engine_version: Version.nullable(),
      platform: z
        .string()
        .regex(/^[a-z0-9/.]{1,40}$/)
        .nullable(),
      pull_chain: z.enum(['intact', 'gap', 'fork', 'altered']).nullable(),
    }),
  ),
  pulls: z.array(
    z.strictObject({
      id: Id,
      node_id: Id.nullable(),
      purpose: PullPurpose,
      decision: PullDecision,
      code: Code,
      bytes: Count,
      started_at: Time,
      duration_ms: z.number().nonnegative(),
      steps: z.array(z.strictObject({ step: Word, status: Word, duration_ms: z.number().nonnegative().nullable() })),
    }),
  ),
})

const Doctor = z.strictObject({
  steps: z.array(z.strictObject({ step: Word, status: Word, code: Code, duration_ms: z.number().nullable() })),
  warnings: z.array(z.string().regex(/^[A-Z][A-Z0-9_]{1,63}$/)),
  /** The owner's file: which settings it has, and how they are formed. */
  policy: z.array(
    z.strictObject({ name: z.string().regex(/^[a-z_.]{1,64}$/), from: z.enum(['file', 'default']), shape: Shape }),
  ),
})

export const SupportBundle = z.strictObject({
  format: z.literal(1),
  made_at: Time,
  program: z.strictObject({
    version: Version,
    commit: z
      .string()
      .regex(/^[0-9a-f]{7,40}$/)
      .nullable(),
  }),
  machine: z.strictObject({
    node: Version,
    platform: Word,
    arch: z.string().regex(/^[a-z0-9]{1,16}$/),
    kernel: Version,
  }),
  /** A code: it could not be asked. */
  control_plane: z.union([ControlPlane, z.strictObject({ code: ProblemCode })]),
  /** A code: it could not examine this machine. */
  doctor: z.union([Doctor, z.strictObject({ code: ProblemCode })]),
})
export type SupportBundle = z.infer<typeof SupportBundle>

export interface AskedControlPlane {
  readonly version: string
  readonly clouds: readonly Cloud[]
  readonly environments: readonly ClusterEnvironment[]
  readonly clusters: readonly Cluster[]
  readonly nodes: readonly Node[]
  readonly pulls: readonly PullRecord[]
}

export function controlPlanePart(asked: AskedControlPlane): z.input<typeof ControlPlane> {
  return {
    version: asked.version,
    clouds: asked.clouds.map((cloud) => ({
      id: cloud.id,
      provider: cloud.provider,
      join: cloud.join,
      has_region: cloud.region !== null,
      allow_any_secret: cloud.allow_any_secret,
    })),
    builds: asked.environments.map(({ latest_build: build }) => buildPart(build)),
    clusters: asked.clusters.map((cluster) => ({
      id: cluster.id,
      state: cluster.state,
      code: codeOf(cluster.problem?.code),
      build_id: cluster.cluster_environment_build_id,
      workers: cluster.worker_count,
      starts: cluster.generation,
    })),
    nodes: asked.nodes.map((node) => ({
      id: node.id,
      cloud_id: node.cloud_id,
      state: node.state,
      checker: node.checker,
      agent_version: node.facts?.agent_version ?? null,
      engine_version: node.facts?.engine_version ?? null,
      platform: node.facts?.platform ?? null,
      pull_chain: node.pull_chain ?? null,
    })),
    pulls: asked.pulls.map(({ id, node_id, purpose, decision, code, bytes, started_at, duration_ms, steps }) => ({
      id,
      node_id,
      purpose,
      decision,
      code,
      bytes,
      started_at,
      duration_ms,
      steps: steps.map(({ step, status, duration_ms: ms }) => ({ step, status, duration_ms: ms })),
    })),
  }
}

function buildPart(build: Build) {
  return {
    id: build.id,
    cloud_id: build.cloud_id,
    status: build.status,
    code: codeOf(build.problem?.code),
    has_secret: build.registry_login_secret !== null,
    env_vars: Object.keys(build.env_vars).length,
  }
}

export function doctorPart({ steps, warnings, policy }: DoctorReport): z.infer<typeof Doctor> {
  return {
    steps: steps.map(({ step, status, problem, durationMs }) => ({
      step,
      status,
      code: problem?.code ?? null,
      duration_ms: durationMs,
    })),
    warnings: warnings.map(({ code }) => code),
    policy: (policy ?? []).map(({ name, value, from }) => ({ name, from, shape: shapeOf(value) })),
  }
}

/** What went wrong, without a word of it. */
export function codeOfError(error: unknown): ProblemCode {
  return error instanceof UsageError ? 'USAGE' : problemOf(error).code
}

function codeOf(code: string | undefined): ProblemCode | null {
  return ProblemCode.safeParse(code).data ?? null
}

function shapeOf(value: unknown): z.infer<typeof Shape> {
  if (value === null || value === undefined) return 'none'
  if (typeof value === 'boolean' || typeof value === 'number') return value
  return typeof value === 'object' ? { entries: Object.keys(value).length } : 'text'
}
