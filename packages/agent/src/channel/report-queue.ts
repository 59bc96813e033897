/**
 * Reports to the control plane: the newest state, a few times a second at most, resending each report until it is acknowledged. Needs no disk: state
 * is rebuilt from what runs, and pull records wait in the ledger.
 */
import { isDeepStrictEqual } from 'node:util'
import { newId, type BuildId } from '@fairlead/contract/names'
import { isProblem, type ProblemCode } from '@fairlead/contract/problems'
import {
  type BuildCheckReport,
  type NodeFacts,
  type PullRecord,
  type Report,
  type WorkloadReport,
} from '@fairlead/contract/wire'
import { fullJitter, type BackoffShape } from './backoff.ts'
import { isNodeEnded } from './node-ended.ts'
import { pause, Wake } from './pause.ts'

/** Pull records that the control plane has not acknowledged, kept in the ledger. */
export interface PullOutbox {
  unacknowledged(limit: number): readonly PullRecord[]
  acknowledge(records: readonly PullRecord[]): void
}

export interface ReportParts {
  readonly send: (report: Report, signal: AbortSignal) => Promise<void>
  readonly facts: () => NodeFacts
  readonly pulls: PullOutbox
  readonly log: { warn(fields: object, text: string): void }
  readonly pace?: ReportPace
}

export interface ReportPace {
  /** How long the first report waits for the end of the first poll, to use its connection. */
  readonly firstMs: number
  /** Changes within this time are sent together. */
  readonly settleMs: number
  /** How long what nobody waits for may stay unsent: lines of output, and pulls through doors. */
  readonly unsentMs: number
  /** The longest time without a report; that the node is alive is also shown by its polls. */
  readonly heartbeatMs: number
  /** After this part of either time, a report goes with the end of a poll. */
  readonly early: number
  readonly backoff: BackoffShape
}

const defaultPace: ReportPace = {
  firstMs: 5_000,
  settleMs: 300,
  unsentMs: 20_000,
  heartbeatMs: 300_000,
  early: 0.6,
  backoff: { baseMs: 500, capMs: 10_000 },
}

/** The control plane does not accept this report, as it is. */
const refusals: ReadonlySet<string> = new Set([
  'REQUEST_INVALID',
  'REQUEST_TOO_LARGE',
  'AGENT_TOO_OLD',
  'AGENT_TOO_NEW',
] satisfies ProblemCode[])

const recordsPerReport = 20
const checksPerReport = 16

export class ReportQueue {
  readonly #parts: ReportParts
  readonly #pace: ReportPace
  readonly #wake = new Wake()
  readonly #polled = new Wake()
  readonly #checks = new Map<BuildId, BuildCheckReport>()
  /** Undefined until it is known what runs here: an empty list would be a claim. */
  #workload: WorkloadReport | null | undefined = undefined
  /** As last acknowledged. */
  #told: WorkloadReport | null | undefined = undefined
  #changed = true
  /** By `performance.now()`: a clock that is set back must not delay a report. */
  #lastSent = Number.NEGATIVE_INFINITY
  #sending: Promise<void> | null = null
  /** Sent but not acknowledged: resent unchanged, so that it counts once. */
  #pending: Report | null = null

  constructor(parts: ReportParts) {
    this.#parts = parts
    this.#pace = parts.pace ?? defaultPace
  }

  setWorkload(workload: WorkloadReport | null): void {
    const known = this.#workload
    if (isDeepStrictEqual(known, workload)) return
    this.#workload = workload
    if (known === undefined || !isDeepStrictEqual(withoutLines(known), withoutLines(workload))) this.#markChanged()
  }

  /** The node itself changed, in a way that someone waits to see. */
  factsChanged(): void {
    this.#markChanged()
  }

  setCheck(check: BuildCheckReport): void {
    this.#checks.set(check.build_id, check)
    this.#markChanged()
  }

  /** For a check that is no longer wanted. */
  dropCheck(build: BuildId): void {
    this.#checks.delete(build)
  }

  /** Runs until the signal is aborted; throws only NODE_REVOKED and NODE_FORGOTTEN. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0
    await this.#polled.wait(this.#pace.firstMs, signal)
    while (!signal.aborted) {
      if (!this.#isDue()) await this.#wake.wait(this.#untilNextLook(), signal)
      if (signal.aborted) return
      if (!this.#isDue()) continue
      try {
        await this.#send(signal)
        failures = 0
        await pause(this.#pace.settleMs, signal)
      } catch (error) {
        if (signal.aborted) return
        if (isNodeEnded(error)) throw error
        failures += 1
        this.#parts.log.warn({ code: isProblem(error) ? error.code : 'INTERNAL', failures }, 'a report was not taken')
        await pause(fullJitter(failures, this.#pace.backoff), signal)
      }
    }
  }

  /** Between two polls, sends what is nearly due, so that it needs no second connection. Failures are left to `run`. */
  async beat(signal: AbortSignal): Promise<void> {
    this.#polled.wake()
    if (!this.#isDue(this.#pace.early)) return
    await this.#send(signal).catch((error: unknown) => {
      if (isNodeEnded(error)) throw error
    })
  }

  /** One last report before the agent ends, with a short wait. */
  async flush(signal: AbortSignal): Promise<void> {
    if (this.#workload !== undefined && this.#isDue()) await this.#send(signal).catch(() => undefined)
  }

  #markChanged(): void {
    this.#changed = true
    this.#wake.wake()
  }

  /** A pull through a door wakes nobody, so it is looked for. */
  #untilNextLook(): number {
    const { unsentMs } = this.#pace
    const rest = this.#lastSent + unsentMs - performance.now()
    return rest > 0 ? Math.min(rest, unsentMs) : unsentMs
  }

  #isDue(part = 1): boolean {
    if (this.#workload === undefined) return false
    if (this.#changed || this.#pending !== null) return true
    const silentMs = performance.now() - this.#lastSent
    const { unsentMs, heartbeatMs } = this.#pace
    return silentMs >= part * heartbeatMs || (silentMs >= part * unsentMs && this.#isUnsent())
  }

  #isUnsent(): boolean {
    return this.#workload !== this.#told || this.#parts.pulls.unacknowledged(1).length > 0
  }

  /** One report at a time, whichever caller asks. */
  #send(signal: AbortSignal): Promise<void> {
    this.#sending ??= this.#sendNow(signal).finally(() => {
      this.#sending = null
    })
    return this.#sending
  }

  async #sendNow(signal: AbortSignal): Promise<void> {
    const report = this.#pending ?? this.#compose()
    this.#pending = report
    try {
      await this.#parts.send(report, signal)
    } catch (error) {
      // Refused: resending it would be refused again. The next report is built from scratch.
      if (isProblem(error) && refusals.has(error.code)) {
        this.#pending = null
        this.#changed = true
      }
      throw error
    }
    this.#pending = null
    this.#lastSent = performance.now()
    this.#settle(report)
  }

  #compose(): Report {
    this.#changed = false
    const now = Date.now()
    return {
      report_id: newId('rep', now),
      at: new Date(now).toISOString(),
      node: this.#parts.facts(),
      workload: this.#workload ?? null,
      checks: [...this.#checks.values()].slice(0, checksPerReport),
      pulls: [...this.#parts.pulls.unacknowledged(recordsPerReport)],
    }
  }

  /** Drops what was acknowledged, unless it has changed in the meantime. */
  #settle(report: Report): void {
    this.#told = report.workload
    this.#parts.pulls.acknowledge(report.pulls)
    for (const check of report.checks) {
      if (check.status !== 'in_progress' && this.#checks.get(check.build_id) === check) {
        this.#checks.delete(check.build_id)
      }
    }
    if (report.pulls.length === recordsPerReport) this.#changed = true
  }
}

/** That its output is shared is news; another line of it waits for the next report. */
function withoutLines(workload: WorkloadReport | null): WorkloadReport | null {
  return workload?.last_lines === undefined ? workload : { ...workload, last_lines: [] }
}
