/**
 * All metrics in one table, like the problems: what is counted, under which labels, and every value of each label. Names, ids and texts are never
 * labels, so no input from outside creates a series.
 */
import { ProblemCode } from '@fairlead/contract/problems'
import { BuildStatus, ClusterState, DoorEngine, PullDecision, PullOutcome, PullPurpose } from '@fairlead/contract/wire'
import { CertificateFault } from '@fairlead/contract/wire'

export interface MetricRow {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  /** `paths`: those of the control plane's own routes, and `-` for none. */
  readonly labels: Readonly<Record<string, readonly string[] | 'paths'>>
  readonly buckets?: readonly number[]
}

const codes = ['none', ...ProblemCode.options] as const
export const methods = ['GET', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'other'] as const
const engines = ['none', ...DoorEngine.options] as const

export const metricTable = {
  fairlead_pulls_total: {
    kind: 'counter',
    help: 'Pull records received from nodes; code is none on success, engine unless a door was used',
    labels: { purpose: PullPurpose.options, engine: engines, decision: PullDecision.options, code: codes },
  },
  fairlead_pull_seconds: {
    kind: 'histogram',
    help: 'How long pulls and checks took on their nodes',
    labels: { purpose: PullPurpose.options, outcome: PullOutcome.options },
    buckets: [0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600, 1800],
  },
  fairlead_pull_bytes_total: {
    kind: 'counter',
    help: 'Bytes that nodes fetched from registries',
    labels: {},
  },
  fairlead_pull_chain_breaks_total: {
    kind: 'counter',
    help: 'Pull records that did not continue the chain of their node',
    labels: { kind: ['gap', 'fork', 'altered'] },
  },
  fairlead_pull_records_removed_total: {
    kind: 'counter',
    help: 'Pull records removed because they exceeded the retention time',
    labels: {},
  },
  fairlead_build_checks_total: {
    kind: 'counter',
    help: 'Checks of builds that nodes completed',
    labels: { outcome: ['succeeded', 'failed'] },
  },
  fairlead_nodes: {
    kind: 'gauge',
    help: 'Nodes by state',
    labels: { state: ['online', 'lost'] },
  },
  fairlead_waiting_polls: {
    kind: 'gauge',
    help: 'Nodes whose poll is waiting here for a change',
    labels: {},
  },
  fairlead_clusters: {
    kind: 'gauge',
    help: 'Clusters by state',
    labels: { state: ClusterState.options },
  },
  fairlead_builds: {
    kind: 'gauge',
    help: 'Builds by status',
    labels: { status: BuildStatus.options },
  },
  fairlead_store_write_seconds: {
    kind: 'histogram',
    help: 'Time until a transaction is durable, including its wait for others',
    labels: { outcome: ['committed', 'failed'] },
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5],
  },
  fairlead_commit_group_size: {
    kind: 'histogram',
    help: 'Node writes that shared one transaction',
    labels: {},
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
  },
  fairlead_http_request_seconds: {
    kind: 'histogram',
    help: 'Time to answer a request, without the time that a poll waits',
    labels: { method: methods, route: 'paths', status: ['1xx', '2xx', '3xx', '4xx', '5xx'] },
    buckets: [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5],
  },
  fairlead_tls_certificate_expires_timestamp_seconds: {
    kind: 'gauge',
    help: 'When the presented certificate, or the first in its chain, expires; absent without TLS',
    labels: {},
  },
  fairlead_tls_certificate_faults: {
    kind: 'gauge',
    help: 'Faults of the certificate: 1 if present; not_replaced: newer files cannot be used',
    labels: { fault: CertificateFault.options },
  },
  fairlead_faults_total: {
    kind: 'counter',
    help: 'Internal errors; each is in the log',
    labels: {},
  },
} as const satisfies Readonly<Record<string, MetricRow>>

type Table = typeof metricTable
export type MetricName = keyof Table
export type NameOf<Kind extends MetricRow['kind']> = {
  [Name in MetricName]: Table[Name]['kind'] extends Kind ? Name : never
}[MetricName]
export type LabelsOf<Name extends MetricName> = {
  readonly [Label in keyof Table[Name]['labels']]: Table[Name]['labels'][Label] extends readonly (infer Value)[]
    ? Value
    : string
}
