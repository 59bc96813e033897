/** What a node reports to the control plane: enums, digests, counters and timings, in a closed schema (S6). */
import { z } from 'zod'
import { CheckAdvice } from './check-advice.ts'
import { WorkloadPhase } from './cluster.ts'
import { BuildId, ClusterId, ReportId } from '../names/id.ts'
import { LastLines } from './last-lines.ts'
import { Digest, Platform, Timestamp, Version } from '../names/name.ts'
import { NodeFacts } from './node.ts'
import { ProblemCode } from '../problems/problem-document.ts'
import { ReportedProblem } from '../problems/reported-problem.ts'
import { PullRecord } from './pull-record.ts'
import { StepReport } from './step.ts'

export const WorkloadReport = z.strictObject({
  cluster_id: ClusterId,
  generation: z.int().positive(),
  phase: WorkloadPhase.exclude(['assigned', 'lost']),
  steps: z.array(StepReport).max(32),
  problem: ReportedProblem.nullable(),
  warnings: z.array(ProblemCode).max(8),
  digest: Digest.nullable(),
  ray_version: Version.nullable(),
  /** host:port where workers join; only for the head. */
  head_address: z
    .string()
    .regex(/^[A-Za-z0-9.:[\]-]{1,260}$/)
    .nullable(),
  dashboard_address: z
    .string()
    .regex(/^[A-Za-z0-9.:[\]-]{1,260}$/)
    .nullable(),
  /** How many nodes Ray lists as alive; only for the head. */
  alive_nodes: z.int().nonnegative().nullable(),
  /** Of a failed container, and of a running one, if the node's file shares them. */
  last_lines: LastLines.optional(),
})
export type WorkloadReport = z.infer<typeof WorkloadReport>

export const BuildCheckReport = z.strictObject({
  build_id: BuildId,
  attempt: z.int().positive(),
  status: z.enum(['in_progress', 'succeeded', 'failed']),
  steps: z.array(StepReport).max(32),
  problem: ReportedProblem.nullable(),
  digest: Digest.nullable(),
  platform: Platform.nullable(),
  size_bytes: z.int().nonnegative().nullable(),
  /** An agent of an older version reports none. */
  advice: z.array(CheckAdvice).max(8).default([]),
})
export type BuildCheckReport = z.infer<typeof BuildCheckReport>

/** Sent until acknowledged; the same `report_id` twice counts once. */
export const Report = z.strictObject({
  report_id: ReportId,
  at: Timestamp,
  node: NodeFacts,
  /** Null if no workload runs or remains. */
  workload: WorkloadReport.nullable(),
  checks: z.array(BuildCheckReport).max(16),
  pulls: z.array(PullRecord).max(50),
})
export type Report = z.infer<typeof Report>

export const ReportAnswer = z.object({ acknowledged: ReportId })
