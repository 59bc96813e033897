/** One answer for a screen that shows everything at once: what needs attention, how much there is, and what the nodes pulled lately. */
import { z } from 'zod'
import { Timestamp, Version } from '../names/name.ts'

export const CertificateFault = z.enum(['expired', 'not_yet_valid', 'other_name', 'not_replaced'])
export type CertificateFault = z.infer<typeof CertificateFault>

export const ControlPlane = z.object({
  version: Version,
  /** The certificate that it presents; null without TLS. */
  certificate: z.object({ expires_at: Timestamp, faults: z.array(CertificateFault) }).nullable(),
})
export type ControlPlane = z.infer<typeof ControlPlane>

export const PullHour = z.object({
  /** Its beginning; records count by their arrival. */
  at: Timestamp,
  /** Pulls and checks. */
  records: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  /** Of pulls that succeeded, without checks; null if there were none. */
  mean_ms: z.number().nonnegative().nullable(),
  max_ms: z.number().nonnegative().nullable(),
})
export type PullHour = z.infer<typeof PullHour>

/** Only hours with records. */
export const PullActivity = z.object({ since: Timestamp, hours: z.array(PullHour) })
export type PullActivity = z.infer<typeof PullActivity>

export const NamedResource = z.object({ id: z.string(), name: z.string() })
export type NamedResource = z.infer<typeof NamedResource>

/** How many there are, up to the bound of every count, and the newest of them. */
export const NamedCount = z.object({ total: z.int().nonnegative(), newest: z.array(NamedResource) })
export type NamedCount = z.infer<typeof NamedCount>

/** The way to the first cluster. */
export const FirstStep = z.enum(['cloud', 'machine', 'secret', 'environment', 'cluster'])
export type FirstStep = z.infer<typeof FirstStep>

export const Attention = z.object({
  ailing_clusters: NamedCount,
  lost_nodes: NamedCount,
  /** Nodes of Kubernetes with pods whose image could not be pulled. */
  waited_on_nodes: NamedCount,
  /** Environments whose newest build failed. */
  failed_environments: NamedCount,
  /** Environments whose newest check saw that few pulls of its login are left. */
  low_budgets: NamedCount,
  /** Nodes, not revoked, whose pull records are no whole chain: some are missing, or were changed. */
  broken_chains: NamedCount,
  /** In the last 24 hours. */
  refused_pulls: z.int().nonnegative(),
  /** Tokens of administrators that expire within days. Only administrators may see tokens: for others there are none. */
  expiring_admin_tokens: NamedCount,
})
export type Attention = z.infer<typeof Attention>

export const Overview = z.object({
  control_plane: ControlPlane,
  running_clusters: z.int().nonnegative(),
  online_nodes: z.int().nonnegative(),
  cluster_environments: z.int().nonnegative(),
  attention: Attention,
  /** As the control plane can know it. */
  done_steps: z.array(FirstStep),
  /** Of the last 24 hours. */
  activity: PullActivity,
})
export type Overview = z.infer<typeof Overview>
