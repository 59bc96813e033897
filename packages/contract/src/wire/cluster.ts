/** A cluster: a build, a cloud, a head and a number of workers. */
import { z } from 'zod'
import { BuildId, CloudId, ClusterEnvironmentId, ClusterId, NodeId } from '../names/id.ts'
import { LastLines } from './last-lines.ts'
import { BuildName, ChosenName, Digest, HolderName, Name, Timestamp } from '../names/name.ts'
import { ProblemCode, ProblemDocument } from '../problems/problem-document.ts'
import { StepReport } from './step.ts'

export const ClusterState = z.enum([
  'Terminated',
  'AwaitingStartup',
  'StartingUp',
  'Running',
  'StartupErrored',
  'Terminating',
])
export type ClusterState = z.infer<typeof ClusterState>

/** 256 random bits after a prefix, so that secret scanners recognise leaked tokens. */
export const RayToken = z.string().regex(/^frt_[A-Za-z0-9_-]{43}$/)
export type RayToken = z.infer<typeof RayToken>

export const RayRole = z.enum(['head', 'worker'])
export type RayRole = z.infer<typeof RayRole>

export const WorkloadPhase = z.enum([
  'assigned',
  'pulling',
  'starting',
  'running',
  'failed',
  'stopping',
  'stopped',
  'lost',
])
export type WorkloadPhase = z.infer<typeof WorkloadPhase>

/** One node's part of a cluster. */
export const ClusterNode = z.object({
  node_id: NodeId,
  node_name: Name,
  role: RayRole,
  phase: WorkloadPhase,
  steps: z.array(StepReport),
  problem: ProblemDocument.nullable(),
  warnings: z.array(ProblemCode),
  /**
   * The last lines its container printed before it failed; in the list of a cluster's nodes also those of one that runs. Null if the node
   * does not share them, and for a viewer.
   */
  last_lines: LastLines.nullable(),
  /** When they last changed, wherever they are shown; null: the node has shared none. Absent from older control planes. */
  last_lines_at: Timestamp.nullable().optional(),
  last_heard_at: Timestamp.nullable(),
})
export type ClusterNode = z.infer<typeof ClusterNode>

/** People paste these, so nothing else is allowed here. */
const RayAddress = z.string().regex(/^ray:\/\/[A-Za-z0-9.:[\]-]{1,270}$/)
const DashboardUrl = z.string().regex(/^http:\/\/[A-Za-z0-9.:[\]-]{1,270}$/)

export const Cluster = z.object({
  id: ClusterId,
  name: Name,
  state: ClusterState,
  /** Why the cluster is in this state, if that is not obvious. */
  problem: ProblemDocument.nullable(),
  cloud_id: CloudId,
  cluster_environment_id: ClusterEnvironmentId,
  cluster_environment_build_id: BuildId,
  cluster_environment: z.string(),
  worker_count: z.int().nonnegative(),
  pin_digest: z.boolean(),
  digest: Digest.nullable(),
  /** Counts the starts: 0 before the first. */
  generation: z.int().nonnegative(),
  creator_id: z.string(),
  /** The name that the token had which created it; absent from older control planes. */
  creator_name: HolderName.nullable().optional(),
  created_at: Timestamp,
  state_changed_at: Timestamp,
  /** Set once the head has reported them. */
  ray_address: RayAddress.nullable(),
  dashboard_url: DashboardUrl.nullable(),
  alive_nodes: z.int().nonnegative().nullable(),
  nodes: z.array(ClusterNode),
})
export type Cluster = z.infer<typeof Cluster>

/** How to reach Ray in a running cluster, for anybody who may use it. */
export const ClusterConnection = z.object({
  ray_address: RayAddress,
  dashboard_url: DashboardUrl.nullable(),
  /** For this start only; null if Ray asks for none. */
  ray_token: RayToken.nullable(),
})
export type ClusterConnection = z.infer<typeof ClusterConnection>

/** The build to run: by name, or by id. */
const namedBuild = {
  cluster_environment: BuildName.optional(),
  cluster_environment_build_id: BuildId.optional(),
}

export const CreateCluster = z
  .strictObject({
    name: ChosenName,
    ...namedBuild,
    cloud_id: CloudId.optional(),
    worker_count: z.int().min(0).max(1000).default(0),
    pin_digest: z.boolean().default(true),
  })
  .refine(
    (body) => (body.cluster_environment === undefined) !== (body.cluster_environment_build_id === undefined),
    'give one of cluster_environment and cluster_environment_build_id',
  )
export type CreateCluster = z.input<typeof CreateCluster>

/** Settings that a start may change; each is optional, and so is the whole body. */
export const StartCluster = z
  .strictObject({
    ...namedBuild,
    worker_count: z.int().min(0).max(1000).optional(),
    pin_digest: z.boolean().optional(),
  })
  .refine(
    (body) => body.cluster_environment === undefined || body.cluster_environment_build_id === undefined,
    'give at most one of cluster_environment and cluster_environment_build_id',
  )
export type StartCluster = z.input<typeof StartCluster>
