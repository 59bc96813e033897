/** A node: a machine whose agent joined a cloud. */
import { z } from 'zod'
import { Provider } from '../names/provider.ts'
import { BuildId, CloudId, ClusterId, JoinTokenId, NodeId, SessionId } from '../names/id.ts'
import { Name, Platform, Timestamp, Version } from '../names/name.ts'
import { NodePublicKey } from './node-proof.ts'
import { WaitingPod } from './pod.ts'
import { ChainState, PullCheckpoint } from './pull-record.ts'

export const NodeState = z.enum(['online', 'lost', 'revoked'])
export type NodeState = z.infer<typeof NodeState>

/** Why a node is no longer a node: an admin revoked it, it left, it was silent for too long, or its machine joined again. */
export const NodeEnd = z.enum(['admin', 'left', 'silent', 'joined_anew'])
export type NodeEnd = z.infer<typeof NodeEnd>

/** What a node reports about itself, all of fixed form (S6). */
export const NodeFacts = z.strictObject({
  agent_version: Version,
  /** Null on a checker, which has no engine. */
  engine_version: Version.nullable(),
  platform: Platform,
  cpus: z.int().positive(),
  memory_bytes: z.int().nonnegative(),
  disk_free_bytes: z.int().nonnegative().nullable(),
  /** The address where other nodes reach this one. */
  advertise_address: z.string().regex(/^[A-Za-z0-9.:-]{1,255}$/),
  /** Pods that wait for an image of a door, the longest first; only from a Kubernetes node that knows its pods. */
  waiting_pods: z.array(WaitingPod).max(32).optional(),
  /** The builds whose images it brought ahead; absent if nothing is to be prefetched. */
  prefetched: z.array(BuildId).max(16).optional(),
})
export type NodeFacts = z.infer<typeof NodeFacts>

export const NodeIdentity = z.object({
  /** ARN of the role on AWS, e-mail of the service account on Google Cloud, `system:serviceaccount:…` in a Kubernetes cluster. */
  principal: z.string(),
  /** The id of the instance, pod or task; in a Kubernetes cluster the name of its node, and of a checker that of its pod. */
  instance: z.string(),
})
export type NodeIdentity = z.infer<typeof NodeIdentity>

export const Node = z.object({
  id: NodeId,
  name: Name,
  cloud_id: CloudId,
  /** Whether the node only checks builds. */
  checker: z.boolean(),
  state: NodeState,
  /** Null for an active node, and for one that ended before this was recorded. */
  revoked_because: NodeEnd.nullable(),
  facts: NodeFacts.nullable(),
  cluster_id: ClusterId.nullable(),
  joined_at: Timestamp,
  /** What the cloud vouched for at the join: the identity it runs as, and the machine. Null if it joined by token. */
  identity: NodeIdentity.nullable(),
  /** The last time that the same machine asked to join again while this node still reported (S19). */
  second_join: z.object({ name: Name, at: Timestamp }).nullable(),
  last_heard_at: Timestamp.nullable(),
  /** Whether the node's pull records form one chain; absent before the first record. */
  pull_chain: ChainState.optional(),
  /** Where its chain begins now; absent until the first record is removed because of its age. */
  pull_checkpoint: PullCheckpoint.optional(),
})
export type Node = z.infer<typeof Node>

/** The command that turns a machine into a node of a cloud, and nothing more: people paste it. */
export const JoinCommand = z.object({
  command: z
    .string()
    .regex(
      /^fairlead agent join --host https?:\/\/[A-Za-z0-9.:[\]-]{1,270} --provider (?:aws|gcp|local)(?: --cloud [A-Za-z0-9._-]{1,128}(?: --kubernetes-token \/[a-z/]{1,64})?(?: --ca-sha256 [0-9a-f]{64})?)?$/,
    ),
})
export type JoinCommand = z.infer<typeof JoinCommand>

/** The secret part is shown once, here. */
export const JoinToken = z.object({
  id: JoinTokenId,
  cloud_id: CloudId,
  token: z.string(),
  expires_at: Timestamp,
  /** The command to run on the node, and nothing more: people paste it. */
  command: z
    .string()
    .regex(/^fairlead agent join --host https?:\/\/[A-Za-z0-9.:[\]-]{1,270} --provider (?:aws|gcp|local)$/),
})
export type JoinToken = z.infer<typeof JoinToken>

/** SHA-256 of the control plane's own CA in hex, if it created one; part of the token's text. */
export const joinTokenPattern = /^fjt_[A-Za-z0-9_-]{43}(?:\.[0-9a-f]{64})?$/

export const JoinRequest = z.strictObject({
  token: z.string().regex(joinTokenPattern),
  name: Name,
  checker: z.boolean(),
  provider: Provider,
  public_key: NodePublicKey,
})
export type JoinRequest = z.infer<typeof JoinRequest>

export const NodeSession = z.object({ session_id: SessionId, expires_at: Timestamp })
export type NodeSession = z.infer<typeof NodeSession>

export const JoinAnswer = z.object({
  node_id: NodeId,
  /** The requested name, or else the id of its instance. */
  name: Name,
  cloud_id: CloudId,
  /** The control plane's own origin; requests are signed for it. */
  origin: z.string(),
  session: NodeSession,
})
export type JoinAnswer = z.infer<typeof JoinAnswer>
