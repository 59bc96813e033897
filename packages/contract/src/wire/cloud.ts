/** A cloud: where its nodes live, how they read a secret, and which secrets may be named there (S13). */
import { z } from 'zod'
import { CloudId, GrantId } from '../names/id.ts'
import { ChosenName, Name, Timestamp } from '../names/name.ts'
import { AccountId, AwsPartition, NodeRole, ProjectId, ProjectNumber, Provider, Region } from '../names/provider.ts'
import { KubernetesCluster } from './kubernetes-cluster.ts'

/** How a machine becomes a node: its cloud or its Kubernetes cluster vouches for it (S18), or it has a single-use token (S10). */
export const JoinMethod = z.enum(['proof', 'token'])
export type JoinMethod = z.infer<typeof JoinMethod>

export const Cloud = z.object({
  id: CloudId,
  name: Name,
  provider: Provider,
  partition: AwsPartition.nullable(),
  region: Region.nullable(),
  account_id: AccountId.nullable(),
  project_id: ProjectId.nullable(),
  project_number: ProjectNumber.nullable(),
  /** The role (AWS) or service account (GCP) that the nodes run as; null if there is none, or if the project is unknown. */
  node_role: NodeRole.nullable(),
  join: JoinMethod,
  /** The cluster whose pods may join; null: none may. An older control plane knows none. */
  kubernetes: KubernetesCluster.nullable().default(null),
  allow_any_secret: z.boolean(),
  /** Whether idle nodes bring the images of new builds, unless a build says otherwise. An older control plane has none that do. */
  prefetch: z.boolean().default(false),
  created_at: Timestamp,
})
export type Cloud = z.infer<typeof Cloud>

export const CreateCloud = z.strictObject({
  name: ChosenName,
  provider: Provider,
  partition: AwsPartition.optional(),
  region: Region.optional(),
  account_id: AccountId.optional(),
  project_id: ProjectId.optional(),
  project_number: ProjectNumber.optional(),
  node_role: NodeRole.optional(),
  /** By default `proof` on aws and gcp, or if pods may join, and `token` on local. */
  join: JoinMethod.optional(),
  kubernetes: KubernetesCluster.optional(),
  allow_any_secret: z.boolean().default(false),
  prefetch: z.boolean().default(false),
})
export type CreateCloud = z.input<typeof CreateCloud>

/** What is absent stays as it is. A cloud never changes its provider: its nodes and secret references are of that provider. */
export const UpdateCloud = CreateCloud.omit({ provider: true, allow_any_secret: true, prefetch: true })
  /** Null: no pod may join any more. */
  .extend({ allow_any_secret: z.boolean(), prefetch: z.boolean(), kubernetes: KubernetesCluster.nullable() })
  .partial()
export type UpdateCloud = z.input<typeof UpdateCloud>

/**
 * The role (AWS) or the e-mail of the service account (GCP) that the nodes run as: the given one, else the one on the page. Google accounts allow no
 * underscore, so the one in a cloud's id becomes a hyphen there. Null if unknown.
 */
export function nodeRoleOf(cloud: Pick<Cloud, 'id' | 'provider' | 'project_id' | 'node_role'>): string | null {
  if (cloud.node_role !== null) return cloud.node_role
  if (cloud.provider === 'aws') return `${cloud.id}-cluster_node_role`
  if (cloud.provider === 'local' || cloud.project_id === null) return null
  const [project, domain] = cloud.project_id.split(':').toReversed()
  const host = domain === undefined ? project : `${project}.${domain}`
  return `${cloud.id.replace('_', '-')}@${host}.iam.gserviceaccount.com`
}

/** What may be named: one exact reference, or all that start with a prefix ending in `/`. */
export const Grant = z.object({
  id: GrantId,
  cloud_id: CloudId,
  reference: z.string(),
  match: z.enum(['exact', 'prefix']),
  /** The registries that the secret serves; empty means any. */
  registries: z.array(z.string()),
  created_at: Timestamp,
})
export type Grant = z.infer<typeof Grant>

export const CreateGrant = z.strictObject({
  reference: z.string().min(1).max(2048),
  registries: z.array(z.string().max(260)).max(20).default([]),
})
export type CreateGrant = z.input<typeof CreateGrant>
