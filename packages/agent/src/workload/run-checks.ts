/** Checks builds: the credential path up to the manifest, without the pull. Needs no Docker. */
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import { type BuildCheck, type BuildCheckReport, type StepReport } from '@fairlead/contract/wire'
import { describeFault } from '@fairlead/credential-path/process/fault'
import type { CheckedImage, ImagePuller } from '@fairlead/credential-path/image-puller'

export interface CheckParts {
  readonly puller: Pick<ImagePuller, 'check'>
  readonly onReport: (report: BuildCheckReport) => void
  /** The control plane no longer asks for this check. */
  readonly onDropped: (check: BuildCheck) => void
  readonly log: { error(fields: object, text: string): void; info(fields: object, text: string): void }
}

/** How many registries and secret managers are asked at a time. */
const concurrency = 2

const keyOf = (check: BuildCheck) => `${check.build_id} ${check.attempt}`

interface Entry {
  readonly check: BuildCheck
  /** When the node received it. */
  readonly askedAt: number
  readonly cancel: AbortController
  state: 'waiting' | 'running' | 'done'
}

/** Takes the newest list each time: starts new checks, cancels removed ones, keeps finished ones. */
export class CheckRunner {
  readonly #parts: CheckParts
  readonly #entries = new Map<string, Entry>()
  #signal: AbortSignal

  constructor(parts: CheckParts, signal: AbortSignal) {
    this.#parts = parts
    this.#signal = signal
  }

  want(checks: readonly BuildCheck[]): void {
    const wanted = new Set(checks.map(keyOf))
    const askedAt = performance.now()
    for (const [key, entry] of this.#entries) {
      if (wanted.has(key)) continue
      entry.cancel.abort()
      this.#entries.delete(key)
      // A later attempt at the same build has its own report.
      if (!checks.some((check) => check.build_id === entry.check.build_id)) this.#parts.onDropped(entry.check)
    }
    for (const check of checks) {
      const key = keyOf(check)
      if (this.#entries.has(key)) continue
      this.#entries.set(key, { check, askedAt, cancel: new AbortController(), state: 'waiting' })
    }
    this.#startWaiting()
  }

  #startWaiting(): void {
    const running = [...this.#entries.values()].filter((entry) => entry.state === 'running').length
    const next = [...this.#entries.values()].filter((entry) => entry.state === 'waiting')
    for (const entry of next.slice(0, Math.max(concurrency - running, 0))) {
      entry.state = 'running'
      void this.#run(entry)
    }
  }

  async #run(entry: Entry): Promise<void> {
    const { check, askedAt } = entry
    const signal = AbortSignal.any([this.#signal, entry.cancel.signal])
    let steps: readonly StepReport[] = []
    const tell = (rest: Partial<BuildCheckReport>) => {
      if (!signal.aborted) this.#parts.onReport({ ...inProgress(check, steps), ...rest })
    }
    tell({})
    try {
      const order = {
        purpose: 'check' as const,
        image: check.docker_image,
        digest: null,
        secret: check.registry_login_secret,
        clusterId: null,
        buildId: check.build_id,
        askedAt,
      }
      const image = await this.#parts.puller.check(order, {
        signal,
        onSteps: (newer) => {
          steps = newer
          tell({})
        },
      })
      tell(succeeded(image))
    } catch (error) {
      if (!signal.aborted) tell(failed(this.#problemOf(error)))
    } finally {
      entry.state = 'done'
      this.#startWaiting()
    }
  }

  #problemOf(error: unknown): Problem {
    if (isProblem(error)) {
      this.#parts.log.info({ code: error.code, facts: error.facts, fix: error.fix }, error.what)
      return error
    }
    this.#parts.log.error(describeFault(error), 'a fault in the agent')
    return problem('INTERNAL')
  }
}

/** Of a check that the node does not make. */
export const refusedCheck = (check: BuildCheck, refusal: Problem): BuildCheckReport => ({
  ...inProgress(check, []),
  ...failed(refusal),
})

const inProgress = (check: BuildCheck, steps: readonly StepReport[]): BuildCheckReport => ({
  build_id: check.build_id,
  attempt: check.attempt,
  status: 'in_progress',
  steps: [...steps],
  problem: null,
  digest: null,
  platform: null,
  size_bytes: null,
  advice: [],
})

const succeeded = (image: CheckedImage): Partial<BuildCheckReport> => ({
  status: 'succeeded',
  digest: image.digest,
  platform: image.platform,
  size_bytes: image.sizeBytes,
  advice: [...image.advice],
})

const failed = (failure: Problem) => ({ status: 'failed', problem: failure.toReport() }) as const
