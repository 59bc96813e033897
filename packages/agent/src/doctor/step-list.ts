/** The steps of one examination with their times, reported whenever one changes. If one fails, others may continue. */
import { problemOf, type Problem, type ProblemCode } from '@fairlead/contract/problems'
import { interruption } from '@fairlead/credential-path/process/until-aborted'
import type { DoctorStep, DoctorStepName, Findings } from './doctor-report.ts'
import { failedStep } from './failed-step.ts'

export type OnDoctorSteps = (steps: readonly DoctorStep[]) => void

interface Running {
  readonly step: DoctorStepName
  readonly clock: number
}

export class StepList {
  readonly #order: readonly DoctorStepName[]
  readonly #onSteps: OnDoctorSteps
  readonly #signal: AbortSignal
  readonly #steps = new Map<DoctorStepName, DoctorStep>()
  #running: Running | null = null

  constructor(order: readonly DoctorStepName[], onSteps: OnDoctorSteps, signal: AbortSignal) {
    this.#order = order
    this.#onSteps = onSteps
    this.#signal = signal
  }

  /** In their fixed order, whatever the order in which they ran. */
  get steps(): readonly DoctorStep[] {
    return this.#order.map((step) => this.#steps.get(step)).filter((step) => step !== undefined)
  }

  get running(): DoctorStepName | null {
    return this.#running?.step ?? null
  }

  hasFailed(step: DoctorStepName, code?: ProblemCode): boolean {
    const failure = this.#steps.get(step)?.problem ?? null
    return failure !== null && (code === undefined || failure.code === code)
  }

  /** Marks the running step as done. `tookMs`: how much of this step was already done before. */
  begin(step: DoctorStepName, tookMs = 0): void {
    this.done()
    this.#running = { step, clock: performance.now() - tookMs }
    this.#put({ ...blank(step), status: 'running' })
  }

  /** Ends the running step, if any. */
  done(findings: Findings = {}): void {
    const running = this.#running
    if (running === null) return
    this.#running = null
    const before = this.#steps.get(running.step) ?? blank(running.step)
    this.#put({ ...before, status: 'done', durationMs: since(running.clock), findings })
  }

  /** A step that is already over when reported. */
  add(step: DoctorStepName, findings: Findings = {}, durationMs: number | null = null): void {
    this.done()
    this.#put({ ...blank(step), status: 'done', durationMs, findings })
  }

  /** The running code may have been at a later step than it knew, so this one is done, or back at an earlier one, so this one was not reached. */
  fail(failure: Problem, step: DoctorStepName | null = this.running): void {
    if (step === null) return
    const running = this.#running
    if (running !== null && running.step !== step) {
      if (this.#order.indexOf(running.step) < this.#order.indexOf(step)) this.done()
      else this.#steps.delete(running.step)
    }
    const began = running?.step === step ? this.#steps.get(step) : undefined
    const durationMs = running?.step === step ? since(running.clock) : null
    this.#running = null
    this.#put({ ...(began ?? blank(step)), status: 'failed', durationMs, findings: told(failure), problem: failure })
  }

  skip(step: DoctorStepName, skipped: 'not_needed' | 'not_reached' = 'not_needed'): void {
    if (this.running === step) this.#running = null
    this.done()
    this.#put({ ...blank(step), status: 'skipped', skipped })
  }

  /** Runs a step, or several that begin within it; null findings: it was not needed. An error becomes its step's problem, and there is no result. */
  async take<Result>(
    step: DoctorStepName,
    work: () => Promise<Result> | Result,
    findings: (result: Result) => Findings | null = () => ({}),
    tookMs = 0,
  ): Promise<Result | null> {
    this.begin(step, tookMs)
    try {
      const result = await work()
      const found = findings(result)
      if (found === null) this.skip(step)
      else this.done(found)
      return result
    } catch (error) {
      const failure = this.#problemOf(error)
      this.fail(failure, failedStep(failure.code, this.running ?? step))
      return null
    }
  }

  /** Steps that were never reached are reported as such. */
  close(): readonly DoctorStep[] {
    this.done()
    for (const step of this.#order) if (!this.#steps.has(step)) this.skip(step, 'not_reached')
    return this.steps
  }

  /** A requested end stops the examination; the text of an unexpected error is left out. */
  #problemOf(error: unknown): Problem {
    if (this.#signal.aborted) throw interruption(this.#signal)
    return problemOf(error)
  }

  #put(step: DoctorStep): void {
    this.#steps.set(step.step, step)
    this.#onSteps(this.steps)
  }
}

/** Facts that stay on the machine: which realm was refused, Docker's own message. */
function told({ facts: { host, reason } }: Problem): Findings {
  return { ...(host !== undefined && { host }), ...(reason !== undefined && { reason }) }
}

const blank = (step: DoctorStepName): DoctorStep => ({
  step,
  status: 'done',
  startedAt: new Date().toISOString(),
  durationMs: null,
  findings: {},
  skipped: null,
  problem: null,
})

const since = (clock: number): number => Math.round((performance.now() - clock) * 1000) / 1000
