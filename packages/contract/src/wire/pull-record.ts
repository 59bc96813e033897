/** The record of one pull or check: who, what, when, and the decision. Append-only and hash-chained per node; no free text. */
import { z } from 'zod'
import { BuildId, ClusterId, NodeId, PullId } from '../names/id.ts'
import { Digest, Timestamp } from '../names/name.ts'
import { ProblemCode } from '../problems/problem-document.ts'
import { DoorEngine } from './door-engine.ts'
import { LoginReach } from './login-reach.ts'
import { PodName } from './pod.ts'
import { StepReport } from './step.ts'

export const PullDecision = z.enum([
  'authenticated',
  /** A login fitted, but the registry served the image without showing that it knows the login, as it would to anybody. */
  'anonymous_login_unproved',
  'anonymous_no_secret',
  'anonymous_mismatch_allowed',
  'refused',
  'offline_proved',
])
export type PullDecision = z.infer<typeof PullDecision>

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** The predecessor of a node's first record. */
export const chainStart = '0'.repeat(64)

export const PullPurpose = z.enum([
  'cluster',
  /** Of a build; nothing is pulled. */
  'check',
  /** By hand: `fairlead pull`. */
  'once',
  /** By an engine of the machine, through its door. */
  'door',
  /** Of a build, to an idle node, before a cluster needs it. */
  'prefetch',
])
export type PullPurpose = z.infer<typeof PullPurpose>

export const PullRecord = z
  .strictObject({
    id: PullId,
    /** Null for a pull without a server. */
    node_id: NodeId.nullable(),
    /** 1, 2, … on this node, without a gap. */
    sequence: z.int().positive(),
    purpose: PullPurpose,
    /** Which engine pulled through a door. Other records lack it, and their hashes do not cover it. */
    engine: DoorEngine.optional(),
    /** The pods that waited for the image, if it pulled through a door of a Kubernetes node that knows its pods. */
    pods: z.array(PodName).max(16).optional(),
    cluster_id: ClusterId.nullable(),
    build_id: BuildId.nullable(),
    /** The image as named, and as parsed. */
    image: z.string().max(512),
    registry: z.string().max(260),
    repository: z.string().max(255),
    digest: Digest.nullable(),
    secret_reference: z.string().max(2048).nullable(),
    secret_version: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,64}$/)
      .nullable(),
    decision: PullDecision,
    /** The furthest that the login got. Records of agents that predate this field lack it, and their hashes do not cover it. */
    login: LoginReach.optional(),
    code: ProblemCode.nullable(),
    /** Bytes that came from the registry in this pull, and bytes of the whole image. */
    bytes: z.int().nonnegative(),
    total_bytes: z.int().nonnegative().nullable(),
    started_at: Timestamp,
    duration_ms: z.number().nonnegative(),
    steps: z.array(StepReport),
    /** `hash` of the previous record, and the SHA-256 of the RFC 8785 JSON of all other fields. */
    previous_hash: Sha256,
    hash: Sha256,
  })
  .refine(({ purpose, engine }) => (purpose === 'door') === (engine !== undefined), {
    path: ['engine'],
    error: 'is for pulls through a door, and only for those',
  })
export type PullRecord = z.infer<typeof PullRecord>

/** Whether a record, or all those of a node, continue the chain of the node. */
export const ChainState = z.enum(['intact', 'gap', 'fork', 'altered'])
export type ChainState = z.infer<typeof ChainState>

/** How far a node's records were removed because of their age: the first remaining record names this hash as its predecessor's. */
export const PullCheckpoint = z.object({
  sequence: z.int().positive(),
  hash: Sha256,
  /** How many were removed in total. */
  removed: z.int().positive(),
  /** When the newest of them arrived. */
  received_until: Timestamp,
  removed_at: Timestamp,
})
export type PullCheckpoint = z.infer<typeof PullCheckpoint>
