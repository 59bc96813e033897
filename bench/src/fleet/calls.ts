/** What the benchmark asks of the processes that play its nodes. */
import type { NodeId } from '@fairlead/contract/names'

export interface FleetSettings {
  readonly origin: string
  /** The CA of the control plane; null: plain http. */
  readonly caPem: string | null
  readonly cloudId: string
}

export interface Ticket {
  readonly name: string
  readonly joinToken: string
}

/** Since the epoch, in milliseconds with fractions: all processes run on one machine. */
export type Instant = number

export interface ReceivedOrder {
  readonly nodeId: NodeId
  readonly clusterId: string
  readonly at: Instant
}

/** Reports sent since the last question. */
export interface SentReports {
  readonly durationsMs: readonly number[]
  readonly failed: number
}

export interface FleetCalls {
  join(settings: FleetSettings, tickets: readonly Ticket[]): Promise<void>
  /** Runs all nodes that joined; resolves once each was answered. */
  run(): Promise<void>
  /** How many nodes there are, and how many of them got an answer since then. */
  answeredSince(since: Instant): Promise<{ readonly nodes: number; readonly answered: number }>
  /** The orders to run something that arrived since the last question. */
  takeOrders(): Promise<readonly ReceivedOrder[]>
  takeReports(): Promise<SentReports>
  /** Makes this many nodes report once a second, spread evenly, beside what they report anyway. Resolves at the end. */
  reportSteadily(nodes: number, seconds: number): Promise<SentReports>
}

export interface Call {
  readonly id: number
  readonly method: keyof FleetCalls
  readonly args: readonly unknown[]
}

/** A member of the cluster runs: its head may be played by another process. */
export interface MemberRuns {
  readonly memberOf: string
}

export type Returned =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string }

export const instant = (): Instant => performance.timeOrigin + performance.now()
