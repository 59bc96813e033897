/** An in-memory credential path for tests: it counts its calls, and fails on request. */
import { type BuildId } from '@fairlead/contract/names'
import { type Problem } from '@fairlead/contract/problems'
import type {
  CheckedImage,
  ImagePuller,
  OwnOrder,
  PulledImage,
  PullWatch,
} from '@fairlead/credential-path/image-puller'
import { prefetchedRepository } from '@fairlead/credential-path/pull/local-name'
import { samplePullRecord } from '@fairlead/testkit/sample-pull-record'
import type { InMemoryEngine } from './in-memory-engine.ts'

export const someDigest = `sha256:${'a'.repeat(64)}`

export const prefetchedName = (build: BuildId): string => `${prefetchedRepository}:${build}`

export class InMemoryPuller implements ImagePuller {
  readonly pulled: OwnOrder[] = []
  readonly checked: OwnOrder[] = []
  /** The next calls end with these, in order. */
  readonly failures: Problem[] = []
  /** Calls wait for this, or for their signal. */
  gate: Promise<void> = Promise.resolve()
  most = 0
  running = 0
  readonly #engine: InMemoryEngine | null

  constructor(engine: InMemoryEngine | null) {
    this.#engine = engine
  }

  async pull(order: OwnOrder, watch: PullWatch): Promise<PulledImage> {
    this.pulled.push(order)
    const checked = await this.#walk(watch)
    const imageId = `image of ${order.image}`
    this.#engine?.images.add(imageId)
    if (order.purpose === 'prefetch') this.#engine?.names.add(prefetchedName(order.buildId))
    return { ...checked, imageId }
  }

  async check(order: OwnOrder, watch: PullWatch): Promise<CheckedImage> {
    this.checked.push(order)
    return this.#walk(watch)
  }

  async #walk(watch: PullWatch): Promise<CheckedImage> {
    this.running += 1
    this.most = Math.max(this.most, this.running)
    try {
      const started_at = new Date().toISOString()
      watch.onSteps([{ step: 'secret', status: 'running', started_at, duration_ms: null }])
      await Promise.race([this.gate, aborted(watch.signal)])
      watch.signal.throwIfAborted()
      watch.onSteps([{ step: 'secret', status: 'done', started_at, duration_ms: 1 }])
      const failure = this.failures.shift()
      if (failure !== undefined) throw failure
      return { digest: someDigest, platform: 'linux/amd64', sizeBytes: 1000, advice: [], record: samplePullRecord() }
    } finally {
      this.running -= 1
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
