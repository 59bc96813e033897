/**
 * While no cluster wants this node: brings the images that are to be here when one does, one at a time, over the same path as any pull, and lets
 * go of those that no one wants any more, or of all if the disk fills up.
 */
import { isDeepStrictEqual } from 'node:util'
import type { BuildId } from '@fairlead/contract/names'
import { isProblem, problem } from '@fairlead/contract/problems'
import type { Prefetch, PrefetchedImage, Workload } from '@fairlead/contract/wire'
import type { Engine } from '@fairlead/credential-path/engine/engine'
import type { ImagePuller, PrefetchOrder } from '@fairlead/credential-path/image-puller'
import { describeFault } from '@fairlead/credential-path/process/fault'
import { prefetchedRepository } from '@fairlead/credential-path/pull/local-name'
import { fullJitter, type BackoffShape } from '../channel/backoff.ts'
import { pause, Wake } from '../channel/pause.ts'
import { makesWay, nextPrefetch, type Leftover, type PrefetchState } from './plan-prefetch.ts'

export interface PrefetcherParts {
  readonly engine: Pick<Engine, 'tags' | 'untag'>
  readonly puller: Pick<ImagePuller, 'pull'>
  /** Whether less of the engine's disk is free than images that were brought ahead leave. */
  readonly isDiskLow: () => Promise<boolean>
  /** Another image is here, or one is no longer here or wanted. */
  readonly onChange: () => void
  readonly log: { error(fields: object, text: string): void; info(fields: object, text: string): void }
  readonly pace?: PrefetchPace
  readonly random?: () => number
}

export interface PrefetchPace {
  /** Between two looks at what the engine has. */
  readonly lookMs: number
  /** Between two looks at the disk. */
  readonly diskMs: number
  /** How long an image that is no longer wanted is kept, in case that it soon is again. */
  readonly keepMs: number
  /** Between two tries of what may pass. */
  readonly backoff: BackoffShape
}

interface Entry {
  readonly image: PrefetchedImage
  dueAt: number
  tries: number
  isHere: boolean
}

const defaultPace: PrefetchPace = {
  lookMs: 30_000,
  diskMs: 1000,
  keepMs: 60 * 60_000,
  backoff: { baseMs: 10 * 60_000, capMs: 2 * 60 * 60_000 },
}
/** The longest time that a timer can measure is shorter than what Infinity means here. */
const longestWaitMs = 24 * 60 * 60_000

export class Prefetcher {
  readonly #parts: PrefetcherParts
  readonly #pace: PrefetchPace
  readonly #wake = new Wake()
  readonly #random: () => number
  #entries: Entry[] = []
  #leftovers: Leftover[] = []
  #inTheWay: readonly string[] = []
  #mustMakeRoom = false
  #isAsked = false
  #withinMs = 0
  #lookAt = Infinity
  #workload: Workload | null = null
  #running: { readonly image: PrefetchedImage; readonly stop: AbortController } | null = null

  constructor(parts: PrefetcherParts) {
    this.#parts = parts
    this.#pace = parts.pace ?? defaultPace
    this.#random = parts.random ?? Math.random
  }

  /** The builds whose images are here; undefined if none is asked for. */
  get prefetched(): BuildId[] | undefined {
    return this.#isAsked ? this.#entries.filter(({ isHere }) => isHere).map(({ image }) => image.build_id) : undefined
  }

  /** Takes the newest order. What runs and is not wanted any more, or is in the way of a cluster, ends at once. */
  want(prefetch: Prefetch | undefined, workload: Workload | null): void {
    const before = this.prefetched
    const known = (image: PrefetchedImage) => this.#entries.find((entry) => isDeepStrictEqual(entry.image, image))
    const fresh = (image: PrefetchedImage): Entry => ({ image, dueAt: this.#momentToBegin(), tries: 0, isHere: false })
    this.#isAsked = prefetch !== undefined
    this.#withinMs = (prefetch?.within_seconds ?? 0) * 1000
    this.#entries = (prefetch?.images ?? []).map((image) => known(image) ?? fresh(image))
    this.#workload = workload
    this.#lookAt = performance.now()
    if (this.#running !== null) {
      const { image, stop } = this.#running
      if (known(image) === undefined || makesWay(image, workload)) stop.abort()
    }
    if (!isDeepStrictEqual(before, this.prefetched)) this.#parts.onChange()
    this.#wake.wake()
  }

  /** Something else has no room: all that was only brought ahead makes way. What is still wanted comes again later. */
  makeRoom(): void {
    this.#mustMakeRoom = true
    this.#lookAt = performance.now()
    this.#running?.stop.abort(problem('NODE_DISK_FULL'))
    const due = this.#entries.filter(({ dueAt }) => dueAt <= performance.now())
    for (const entry of due) entry.dueAt = this.#momentToRetry(entry)
    this.#wake.wake()
  }

  /** Runs until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#work(signal), this.#watchDisk(signal)])
  }

  async #work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const next = nextPrefetch(this.#state, performance.now())
      if (next.do === 'look') await this.#look(signal)
      else if (next.do === 'drop') await this.#drop(next.tag, signal)
      else if (next.do === 'bring') await this.#bring(next.image, signal)
      else await this.#wake.wait(Math.min(next.ms, longestWaitMs), signal)
    }
  }

  /** Whoever fills it: an engine that pulls through a door, or without one, tells nobody how much it will need. */
  async #watchDisk(signal: AbortSignal): Promise<void> {
    const { diskMs, lookMs } = this.#pace
    let isLow = false
    while (!signal.aborted) {
      // All that the engine lets go of is gone then.
      await pause(isLow ? lookMs : diskMs, signal)
      isLow = await this.#parts.isDiskLow()
      if (isLow) this.makeRoom()
    }
  }

  get #state(): PrefetchState {
    return {
      entries: this.#entries,
      leftovers: this.#leftovers,
      inTheWay: this.#inTheWay,
      lookAt: this.#lookAt,
      workload: this.#workload,
    }
  }

  /** A moment of its own for each node, so that a fleet does not ask the registry at once. */
  #momentToBegin(): number {
    return performance.now() + this.#withinMs * this.#random()
  }

  #momentToRetry({ tries }: Entry): number {
    const { backoff } = this.#pace
    return performance.now() + backoff.baseMs / 2 + fullJitter(tries, backoff, this.#random)
  }

  /** The engine's own names say what is here: after a restart of the agent, and after somebody removed images. */
  async #look(signal: AbortSignal): Promise<void> {
    this.#lookAt = performance.now() + this.#pace.lookMs
    let tags: readonly string[]
    try {
      tags = await this.#parts.engine.tags(prefetchedRepository, signal)
    } catch (error) {
      if (isProblem(error)) return
      throw error
    }
    if (this.#mustMakeRoom) this.#inTheWay = tags
    this.#mustMakeRoom = false
    const here = new Set(tags)
    const before = this.prefetched
    for (const entry of this.#entries) {
      const isHere = here.has(entry.image.build_id)
      if (isHere && !entry.isHere) entry.dueAt = Infinity
      if (!isHere && entry.isHere) Object.assign(entry, { dueAt: this.#momentToBegin(), tries: 0 })
      entry.isHere = isHere
    }
    const wanted = new Set<string>(this.#entries.map(({ image }) => image.build_id))
    const known = (tag: string) => this.#leftovers.find((leftover) => leftover.tag === tag)
    const fresh = (tag: string): Leftover => ({ tag, dueAt: performance.now() + this.#pace.keepMs })
    this.#leftovers = tags.filter((tag) => !wanted.has(tag)).map((tag) => known(tag) ?? fresh(tag))
    // Nothing is asked of the engine before the next order.
    if (!this.#isAsked && this.#leftovers.length === 0) this.#lookAt = Infinity
    if (!isDeepStrictEqual(before, this.prefetched)) this.#parts.onChange()
  }

  /** Drops our own name: the image stays while it has another, such as a cluster's, or while a container uses it. */
  async #drop(tag: string, signal: AbortSignal): Promise<void> {
    this.#inTheWay = this.#inTheWay.filter((one) => one !== tag)
    try {
      await this.#parts.engine.untag(`${prefetchedRepository}:${tag}`, signal)
      this.#lookAt = performance.now()
      const entry = this.#entries.find(({ image }) => image.build_id === tag)
      if (entry !== undefined) this.#madeWay(entry)
      this.#parts.log.info({ build: tag }, 'a prefetched image is no longer kept')
    } catch (error) {
      if (!isProblem(error)) throw error
      const later = { tag, dueAt: performance.now() + this.#pace.keepMs }
      this.#leftovers = this.#leftovers.map((leftover) => (leftover.tag === tag ? later : leftover))
      if (!signal.aborted) this.#parts.log.info({ build: tag, code: error.code, facts: error.facts }, error.what)
    }
  }

  /** The room is for what needs it now. */
  #madeWay(entry: Entry): void {
    entry.tries += 1
    Object.assign(entry, { isHere: false, dueAt: this.#momentToRetry(entry) })
    this.#parts.onChange()
  }

  async #bring(image: PrefetchedImage, signal: AbortSignal): Promise<void> {
    const stop = new AbortController()
    this.#running = { image, stop }
    const entry = this.#entries.find((one) => one.image === image)
    try {
      const order: PrefetchOrder = {
        purpose: 'prefetch',
        image: image.docker_image,
        digest: image.digest,
        secret: image.registry_login_secret,
        clusterId: null,
        buildId: image.build_id,
      }
      await this.#parts.puller.pull(order, { signal: AbortSignal.any([signal, stop.signal]), onSteps: () => undefined })
      this.#parts.log.info({ build: image.build_id, digest: image.digest }, 'an image was prefetched')
      if (entry !== undefined) Object.assign(entry, { isHere: true, dueAt: Infinity })
      this.#parts.onChange()
    } catch (error) {
      const isStopped = stop.signal.aborted || signal.aborted
      if (entry !== undefined && (!isStopped || isProblem(error, 'NODE_DISK_FULL'))) this.#meet(error, entry)
    } finally {
      this.#running = null
    }
  }

  /** The pull's record says the same to the control plane. */
  #meet(error: unknown, entry: Entry): void {
    entry.tries += 1
    if (isProblem(error)) this.#parts.log.info({ code: error.code, facts: error.facts, fix: error.fix }, error.what)
    else this.#parts.log.error(describeFault(error), 'a fault in the agent')
    // What is only kept in case that it is wanted again makes way for what is wanted.
    const isAlone = this.#leftovers.length === 0 || this.#mustMakeRoom
    if (isProblem(error, 'NODE_DISK_FULL') && entry.tries === 1 && !isAlone) {
      const dueAt = performance.now()
      this.#leftovers = this.#leftovers.map(({ tag }) => ({ tag, dueAt }))
      entry.dueAt = dueAt
      return
    }
    const mayPass = isProblem(error) && error.row.retry
    entry.dueAt = mayPass ? this.#momentToRetry(entry) : Infinity
  }
}
