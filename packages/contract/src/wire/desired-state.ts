/** Everything a control plane may ask of a node (S7): image, reference, env vars and Ray role. Always sent as a whole. */
import { z } from 'zod'
import { AccountId, AwsPartition, ProjectId, Provider, Region } from '../names/provider.ts'
import { RayRole, RayToken } from './cluster.ts'
import { BuildId, CloudId, ClusterId, NodeId } from '../names/id.ts'
import { Digest } from '../names/name.ts'

/** What the cloud is, so that the node can compare it with its own identity (S21). */
const CloudIdentity = z.strictObject({
  id: CloudId,
  provider: Provider,
  partition: AwsPartition.nullable(),
  region: Region.nullable(),
  account_id: AccountId.nullable(),
  project_id: ProjectId.nullable(),
})

const Image = {
  docker_image: z.string().min(1).max(512),
  ray_version: z.string().min(1).max(64),
  registry_login_secret: z.string().min(1).max(2048).nullable(),
}

export const Workload = z.strictObject({
  cluster_id: ClusterId,
  /** Which start of the cluster this is; a container of another generation does not belong to it. */
  generation: z.int().positive(),
  ...Image,
  /** The build's digest: pulled whatever the tag points to by now. Null: the tag decides. */
  digest: Digest.nullable(),
  env_vars: z.record(z.string(), z.string()),
  /** The token that Ray requires from everybody in this start; absent if it requires none: before 2.52, and in a start older than these tokens. */
  ray_token: RayToken.optional(),
  role: RayRole,
  /** host:port of the head, for a worker; null until the head has reported it. */
  head_address: z
    .string()
    .regex(/^[A-Za-z0-9.:[\]-]{1,260}$/)
    .nullable(),
  /** How many nodes Ray must list as alive before the cluster is up. */
  node_count: z.int().positive(),
})
export type Workload = z.infer<typeof Workload>

/** One build to check: the whole path except the pull. */
export const BuildCheck = z.strictObject({ build_id: BuildId, attempt: z.int().positive(), ...Image })
export type BuildCheck = z.infer<typeof BuildCheck>

/** A checked image that the node should have before a cluster needs it. */
export const PrefetchedImage = z.strictObject({ build_id: BuildId, ...Image, digest: Digest })
export type PrefetchedImage = z.infer<typeof PrefetchedImage>

/** The most images of one cloud that are prefetched: the newest. */
export const mostPrefetched = 4

/** While no workload is wanted, the node brings these images, one at a time. */
export const Prefetch = z.strictObject({
  images: z.array(PrefetchedImage).min(1).max(mostPrefetched),
  /** Each node begins at a random moment within this time, so that a fleet does not ask the registry at once. */
  within_seconds: z.int().nonnegative(),
})
export type Prefetch = z.infer<typeof Prefetch>

export const DesiredState = z.strictObject({
  node_id: NodeId,
  cloud: CloudIdentity,
  workload: Workload.nullable(),
  checks: z.array(BuildCheck).max(16),
  /** Absent if there is nothing to prefetch. */
  prefetch: Prefetch.optional(),
})
export type DesiredState = z.infer<typeof DesiredState>
