/** The steps of one pull with their times, reported to watchers at most ten times a second, and the last state always. */
import { StepName, type StepReport } from '@fairlead/contract/wire'

const tellEveryMs = 100

export class StepRecorder {
  readonly #onSteps: (steps: readonly StepReport[]) => void
  #steps: { readonly report: StepReport; readonly startedAt: number }[] = []
  #toldAt = -Infinity
  #telling: NodeJS.Timeout | null = null

  constructor(onSteps: (steps: readonly StepReport[]) => void) {
    this.#onSteps = onSteps
  }

  get steps(): readonly StepReport[] {
    return this.#steps.map(({ report }) => report)
  }

  /** The running step is done. A step that starts again resets itself and all that follow. */
  begin(step: StepName): void {
    this.#end('done')
    const order = StepName.options.indexOf(step)
    this.#steps = this.#steps.filter(({ report }) => StepName.options.indexOf(report.step) < order)
    this.#add({ step, status: 'running', started_at: new Date().toISOString(), duration_ms: null })
  }

  skip(step: StepName): void {
    this.#end('done')
    this.#add({ step, status: 'skipped', started_at: new Date().toISOString(), duration_ms: 0 })
  }

  /** Progress of the running step. */
  bytes(bytes: number, totalBytes: number): void {
    const last = this.#steps.at(-1)
    if (last?.report.status !== 'running') return
    // Bytes fetched twice do not make an image larger.
    this.#replaceLast({ ...last.report, bytes: Math.min(bytes, totalBytes), total_bytes: totalBytes })
    this.#tell()
  }

  done(): void {
    this.#end('done')
    this.#tellNow()
  }

  failed(): void {
    this.#end('failed')
    this.#tellNow()
  }

  #end(status: 'done' | 'failed'): void {
    const last = this.#steps.at(-1)
    if (last?.report.status !== 'running') return
    const duration = Math.round((performance.now() - last.startedAt) * 1000) / 1000
    this.#replaceLast({ ...last.report, status, duration_ms: duration })
  }

  #add(report: StepReport): void {
    this.#steps.push({ report, startedAt: performance.now() })
    this.#tell()
  }

  #replaceLast(report: StepReport): void {
    const last = this.#steps.pop()
    if (last !== undefined) this.#steps.push({ ...last, report })
  }

  #tell(): void {
    if (this.#telling !== null) return
    const wait = this.#toldAt + tellEveryMs - performance.now()
    if (wait <= 0) this.#tellNow()
    else this.#telling = setTimeout(() => this.#tellNow(), wait)
  }

  #tellNow(): void {
    if (this.#telling !== null) clearTimeout(this.#telling)
    this.#telling = null
    this.#toldAt = performance.now()
    this.#onSteps(this.steps)
  }
}
