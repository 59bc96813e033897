/** Observe, plan, execute, report, in a loop: whatever happened before, the node moves towards the newest order. */
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import { lastLinesTold, type Workload, type WorkloadReport } from '@fairlead/contract/wire'
import { fullJitter, type BackoffShape } from '../channel/backoff.ts'
import { Wake } from '../channel/pause.ts'
import type { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { describeFault } from '@fairlead/credential-path/process/fault'
import { CurrentStart } from './current-start.ts'
import type { ExecutorParts } from './executor-parts.ts'
import { endsStart, type Doing } from './ends-start.ts'
import { execute } from './executor.ts'
import { linesKept, readableLines, withoutValues, type LastLinesKept } from './last-lines.ts'
import { observe } from './observe.ts'
import { plan } from './plan.ts'
import { endSteps, notStarted, toReport } from './start-progress.ts'
import { containerName, findOwn, sameStart, startOf, type Start } from './start.ts'
import type { Step } from './step.ts'

export interface ReconcileParts extends ExecutorParts {
  readonly nodeId: string
  readonly lastLines: LastLinesKept
  /** Whether to send the last lines of a failed start to the control plane too; `always`: and those of a running container. */
  readonly shareLogs: NodePolicy['share_logs']
  readonly onReport: (report: WorkloadReport | null) => void
  readonly log: {
    info(fields: object, text: string): void
    warn(fields: object, text: string): void
    error(fields: object, text: string): void
  }
  readonly pace?: ReconcilePace
}

export interface ReconcilePace {
  readonly startingMs: number
  readonly steadyMs: number
  readonly backoff: BackoffShape
  /** A problem that may pass is shown as a failure once it has lasted this long; retries continue. */
  readonly patienceMs: number
}

const defaultPace: ReconcilePace = {
  startingMs: 1_000,
  steadyMs: 5_000,
  backoff: { baseMs: 1_000, capMs: 30_000 },
  patienceMs: 60_000,
}

export class Reconciler {
  readonly #parts: ReconcileParts
  readonly #pace: ReconcilePace
  readonly #wake = new Wake()
  /** Undefined until the first order: until then running containers are left alone. */
  #want: Workload | null | undefined = undefined
  #current: CurrentStart | null = null
  /** The start whose end is reported when nothing is wanted. */
  #leaving: Start | null = null
  #round = new AbortController()
  #tries = 0
  /** When the current problem began, by the monotonic clock. */
  #metSince = 0
  #lastSteps = ''
  #doing: Doing = 'look'

  constructor(parts: ReconcileParts) {
    this.#parts = parts
    this.#pace = parts.pace ?? defaultPace
  }

  /** Takes the newest order. Cancels work in progress for another start. */
  want(workload: Workload | null): void {
    const before = this.#want
    this.#want = workload
    const isSameStart =
      before === workload || (before != null && workload !== null && sameStart(startOf(before), startOf(workload)))
    if (!isSameStart) this.#round.abort()
    this.#wake.wake()
  }

  /** Runs until the signal is aborted; leaves containers as they are. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#round = new AbortController()
      const waitMs = await this.#runRound(AbortSignal.any([signal, this.#round.signal]))
      await this.#wake.wait(waitMs, signal)
    }
  }

  async #runRound(signal: AbortSignal): Promise<number> {
    if (this.#want === undefined) return this.#pace.steadyMs
    try {
      await this.#adopt(this.#want)
      const waitMs = await this.#approach(signal)
      this.#tries = 0
      return waitMs
    } catch (error) {
      if (signal.aborted) return 0
      return this.#meet(isProblem(error) ? error : this.#internal(error), signal)
    }
  }

  /** Switches to the wanted start, after reading the record that a crash may have left. */
  async #adopt(want: Workload | null): Promise<void> {
    if (want !== null && this.#current !== null && sameStart(this.#current.start, startOf(want))) {
      this.#current.workload = want
      return
    }
    if (this.#current !== null) this.#leaving = this.#current.start
    this.#current = null
    if (want === null) return
    const record = await this.#parts.records.read(startOf(want))
    const current = new CurrentStart(want, record, () => this.#publish(current))
    this.#current = current
    this.#publish(current)
  }

  /** One round; returns the time until the next. */
  async #approach(signal: AbortSignal): Promise<number> {
    const current = this.#current
    this.#doing = 'look'
    const have = await observe(this.#parts.engine, this.#parts.nodeId, current, signal)
    const adopted = current === null ? null : findOwn(have.containers, current.workload)
    const digest = adopted?.digest ?? null
    if (digest !== null) current?.update((progress) => ({ ...progress, digest }))
    const steps = plan(have, current?.workload ?? null)
    if (current === null) this.#publishLeaving(have.containers[0]?.start ?? null, steps.length > 0)
    for (const step of steps) {
      // Polled repeatedly, and not news in itself.
      if (step.do !== 'ask-ray') this.#parts.log.info({ step: step.do, ...current?.start }, 'step')
      this.#doing = step.do
      await execute(step, current, this.#parts, signal)
    }
    if (current !== null) recover(current)
    if (current !== null && adopted?.state === 'running') await this.#readOutput(current, signal)
    if (this.#hasMoved(steps)) return 0
    const untilAsk = (current?.nextAskAt ?? Number.POSITIVE_INFINITY) - performance.now()
    return Math.min(Math.max(untilAsk, this.#pace.startingMs), this.#pace.steadyMs)
  }

  /** If the steps differ from the previous round's, the next round comes at once, so nothing spins on a step without effect. */
  #hasMoved(steps: readonly Step[]): boolean {
    const before = this.#lastSteps
    this.#lastSteps = steps.map((step) => ('name' in step ? `${step.do} ${step.name}` : step.do)).join()
    return steps.some((step) => step.do !== 'ask-ray') && this.#lastSteps !== before
  }

  /** A problem that may pass is retried after a while; any other ends this start. */
  async #meet(met: Problem, signal: AbortSignal): Promise<number> {
    const current = this.#current
    this.#parts.log.warn({ code: met.code, facts: met.facts, fix: met.fix, ...current?.start }, met.what)
    if (current === null || !endsStart(met, this.#doing, current.wasUp)) {
      if (this.#tries === 0) this.#metSince = performance.now()
      this.#tries += 1
      const hasLasted = performance.now() - this.#metSince > this.#pace.patienceMs
      const isShownAsFailure = hasLasted && current?.progress.phase !== 'running'
      if (current === null) this.#publishLeaving(null, true, met)
      else current.isQuiet = false
      current?.update((progress) => ({
        ...endSteps(progress, 'failed', new Date()),
        problem: met,
        phase: isShownAsFailure ? 'failed' : progress.phase,
      }))
      return fullJitter(this.#tries, this.#pace.backoff) + this.#pace.backoff.baseMs / 4
    }
    const lines = await this.#keepLastLines(current, signal)
    try {
      await this.#parts.records.write({ start: current.start, wasUp: current.wasUp, failure: met })
    } catch (error) {
      this.#parts.log.error(describeFault(error), 'the end of a start could not be written')
    }
    current.failure = met
    current.isQuiet = false
    current.update((progress) => ({
      ...endSteps(progress, 'failed', new Date()),
      problem: met,
      phase: 'failed',
      headAddress: null,
      dashboardAddress: null,
      aliveNodes: null,
      lastLines: this.#parts.shareLogs === false ? null : lines.slice(-lastLinesTold),
    }))
    return 0
  }

  async #keepLastLines(current: CurrentStart, signal: AbortSignal): Promise<readonly string[]> {
    const name = containerName(current.workload)
    try {
      return await this.#parts.lastLines.keep(name, await this.#printed(current, linesKept, signal))
    } catch (error) {
      // There may be no container yet.
      this.#parts.log.info({ code: isProblem(error) ? error.code : 'INTERNAL' }, 'no last lines to keep')
      return []
    }
  }

  /** Of a running container, if its owner shares that, too. Not worth a failure: the next look tries again. */
  async #readOutput(current: CurrentStart, signal: AbortSignal): Promise<void> {
    if (this.#parts.shareLogs !== 'always' || performance.now() < current.nextOutputAt) return
    current.nextOutputAt = performance.now() + this.#parts.times.readOutputMs
    try {
      const lastLines = readableLines(await this.#printed(current, lastLinesTold, signal)).slice(-lastLinesTold)
      current.update((progress) => ({ ...progress, lastLines }))
    } catch (error) {
      signal.throwIfAborted()
      this.#parts.log.info({ code: isProblem(error) ? error.code : 'INTERNAL' }, 'the output could not be read')
    }
  }

  async #printed({ workload }: CurrentStart, lines: number, signal: AbortSignal): Promise<string> {
    const text = await this.#parts.engine.logs(containerName(workload), lines, signal)
    const { env_vars, ray_token = '' } = workload
    return withoutValues(text, { ...env_vars, RAY_AUTH_TOKEN: ray_token })
  }

  #publish(current: CurrentStart): void {
    // A cancelled pull may still send a last event.
    if (this.#current !== current || current.isQuiet) return
    this.#parts.onReport(toReport(current.start, current.progress))
  }

  #publishLeaving(found: Start | null, isStopping: boolean, met: Problem | null = null): void {
    const leaving = this.#leaving ?? found
    this.#leaving = leaving
    // If nothing remains, nothing is reported: that is how the control plane learns that the node is free.
    this.#parts.onReport(
      leaving === null || !isStopping ? null : toReport(leaving, { ...notStarted, phase: 'stopping', problem: met }),
    )
  }

  #internal(error: unknown): Problem {
    this.#parts.log.error(describeFault(error), 'a fault in the agent')
    return problem('INTERNAL')
  }
}

/** The earlier problem is gone. */
function recover(current: CurrentStart): void {
  if (current.failure !== null || current.progress.problem === null) return
  current.update((progress) => ({
    ...progress,
    problem: null,
    phase: progress.phase === 'failed' ? 'starting' : progress.phase,
  }))
}
