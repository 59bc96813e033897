/** What this agent knows about the wanted start. Rebuilt after a crash from Docker and the start's record. */
import type { Problem } from '@fairlead/contract/problems'
import type { Workload } from '@fairlead/contract/wire'
import type { ProvedImage } from './node-state.ts'
import type { StartRecord } from './start-record.ts'
import { notStarted, type StartProgress } from './start-progress.ts'
import { startOf, type Start } from './start.ts'

export class CurrentStart {
  /** The order; during a start only the head's address in it changes. */
  workload: Workload
  image: ProvedImage | null = null
  rayChecked = false
  /** The container's cgroup was checked after it was started or found running (S14). */
  isPlaced = false
  wasUp: boolean
  /** Final: this start is over. */
  failure: Problem | null
  /** When Ray began to come up, by the monotonic clock; null: not yet. */
  rayBeganAt: number | null = null
  nextAskAt = 0
  nextOutputAt = 0
  /** When this agent received it, by the monotonic clock. */
  readonly askedAt = performance.now()
  /** Ray has listed all nodes of the cluster as alive. */
  wasComplete = false
  unanswered = 0
  /** Found again after a crash, and Ray not asked yet: nothing is reported until then, lest a running cluster look like a starting one. */
  isQuiet: boolean
  #progress: StartProgress
  readonly #onChange: () => void

  constructor(workload: Workload, record: StartRecord | null, onChange: () => void) {
    this.workload = workload
    this.wasUp = record?.wasUp ?? false
    this.failure = record?.failure ?? null
    this.isQuiet = this.wasUp && this.failure === null
    this.#progress =
      this.failure === null
        ? { ...notStarted, phase: this.wasUp ? 'running' : notStarted.phase }
        : { ...notStarted, phase: 'failed', problem: this.failure }
    this.#onChange = onChange
  }

  get start(): Start {
    return startOf(this.workload)
  }

  get progress(): StartProgress {
    return this.#progress
  }

  update(change: (progress: StartProgress) => StartProgress): void {
    const next = change(this.#progress)
    if (next === this.#progress) return
    this.#progress = next
    this.#onChange()
  }
}
