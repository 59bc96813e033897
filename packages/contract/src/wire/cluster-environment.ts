/** A cluster environment and its builds: a named image configuration, and each immutable revision of it. */
import { z } from 'zod'
import { BuildId, CloudId, ClusterEnvironmentId, NodeId } from '../names/id.ts'
import { ChosenName, Digest, HolderName, Name, Platform, Timestamp, Version } from '../names/name.ts'
import { ProblemDocument } from '../problems/problem-document.ts'
import { StepReport } from './step.ts'

/** The page's four keys; `checkEnvironmentConfig` validates the grammar of each. */
export const EnvironmentConfig = z.strictObject({
  /** The image, as `HOST[:PORT]/REPOSITORY:TAG` or `HOST[:PORT]/REPOSITORY@sha256:…`. Without a host it is on Docker Hub. */
  docker_image: z.string().min(1).max(512),
  /** The version of Ray in the image. In JSON it is text, because the number 2.10 is 2.1. */
  ray_version: z.string().min(1).max(64),
  /** Variables of the containers. They are not secret: the control plane stores them, and Docker shows them. */
  env_vars: z.record(z.string(), z.string()).optional(),
  /** Where nodes find the registry's login: a name or a full identifier in the secret manager, never the login itself. Absent for a public image. */
  registry_login_secret: z.string().min(1).max(2048).optional(),
})
export type EnvironmentConfig = z.infer<typeof EnvironmentConfig>

export const BuildStatus = z.enum(['pending', 'in_progress', 'succeeded', 'failed', 'pending_cancellation', 'canceled'])
export type BuildStatus = z.infer<typeof BuildStatus>

/** Legal, but probably unintended. */
export const ConfigWarning = z.object({ code: z.string(), path: z.string(), detail: z.string() })
export type ConfigWarning = z.infer<typeof ConfigWarning>

/** Of the nodes that are idle now: online, with an engine, and in no cluster. */
export const PrefetchProgress = z.object({
  idle_nodes: z.int().nonnegative(),
  /** Those that have the image. */
  ready_nodes: z.int().nonnegative(),
  /** Those that could not bring it when they last tried. */
  failed_nodes: z.int().nonnegative(),
})
export type PrefetchProgress = z.infer<typeof PrefetchProgress>

export const Build = z.object({
  id: BuildId,
  cluster_environment_id: ClusterEnvironmentId,
  revision: z.int().positive(),
  status: BuildStatus,
  is_byod: z.literal(true),
  docker_image_name: z.string(),
  ray_version: z.string(),
  registry_login_secret: z.string().nullable(),
  /** Values are null for a viewer. */
  env_vars: z.record(z.string(), z.string().nullable()),
  cloud_id: CloudId,
  creator_id: z.string(),
  /** The name that the token had which created it; absent from older control planes. */
  creator_name: HolderName.nullable().optional(),
  created_at: Timestamp,
  last_modified_at: Timestamp,
  /** The image's digest, download size and platform, as seen by the checking node. */
  digest: Digest.nullable(),
  size_bytes: z.int().nonnegative().nullable(),
  platform: Platform.nullable(),
  /** The Ray version found in the image once a node ran it. */
  byod_ray_version: Version.nullable(),
  /** From the configuration, and from a check that noticed something without failing. */
  warnings: z.array(ConfigWarning),
  checked_by: NodeId.nullable(),
  /** Whether idle nodes bring its image once it is checked, until a newer build of its environment is. An older control plane has none that do. */
  prefetch: z.boolean().default(false),
  /** Only where one build is asked for, and only while nodes are asked to bring its image. */
  prefetch_progress: PrefetchProgress.optional(),
  steps: z.array(StepReport),
  problem: ProblemDocument.nullable(),
  error_message: z.string().nullable(),
})
export type Build = z.infer<typeof Build>

export const ClusterEnvironment = z.object({
  id: ClusterEnvironmentId,
  name: Name,
  cloud_id: CloudId,
  creator_id: z.string(),
  /** The name that the token had which created it; absent from older control planes. */
  creator_name: HolderName.nullable().optional(),
  created_at: Timestamp,
  last_modified_at: Timestamp,
  archived_at: Timestamp.nullable(),
  latest_build: Build,
})
export type ClusterEnvironment = z.infer<typeof ClusterEnvironment>

export const CreateClusterEnvironment = z.strictObject({
  name: ChosenName,
  config_json: z.unknown(),
  cloud_id: CloudId.optional(),
  prefetch: z.boolean().optional(),
})
/** A cluster environment to create, with its first build. */
export interface CreateClusterEnvironment {
  /** Its name, unique among those that are not archived. */
  name: string
  /** The configuration of its first build. */
  config_json: EnvironmentConfig
  /** The cloud that its builds are for; absent: the only one. */
  cloud_id?: string
  /** Whether idle nodes bring its image; absent: as the cloud says. */
  prefetch?: boolean
}

export const CreateBuild = z.strictObject({ config_json: z.unknown(), prefetch: z.boolean().optional() })
/** The next revision of a cluster environment. */
export interface CreateBuild {
  /** Its configuration. */
  config_json: EnvironmentConfig
  /** Whether idle nodes bring its image; absent: as the cloud says. */
  prefetch?: boolean
}
