/** The pulls that run through the mirror now: which request belongs to which, and when each is over. */
import { problem, type Problem } from '@fairlead/contract/problems'
import type { DoorEngine } from '@fairlead/contract/wire'
import { imageAt, type Door } from './door-table.ts'
import { TagMoved, Visit, type VisitParts } from './visit.ts'

/** An engine that pauses longer between two requests unpacks; what it asks next is another pull, which only costs a second record. */
const idleMs = 10_000
/** An engine asks for a manifest by HEAD, and after a refusal again by GET; a person who corrected the cause asks later. */
const refusalMs = 2_000

/** Whoever asks for a manifest this long after its pull began pulls again, or watches it: that is another record. */
const pollMs = 60_000

export interface VisitQuestion {
  readonly engine: DoorEngine
  readonly door: Door
  readonly repository: string
  /** A tag or digest of a manifest, or the digest of a blob. */
  readonly reference: string
  readonly kind: 'manifest' | 'blob'
}

interface Running {
  /** Of the engine, the door and the repository. */
  readonly key: string
  readonly visit: Visit
  readonly door: Door
  requests: number
  clock: NodeJS.Timeout | null
}

export class Visits {
  readonly #parts: () => VisitParts
  readonly #onLost: (error: unknown) => void
  /** Until each ends; the newest last. */
  readonly #running = new Set<Running>()
  readonly #ending = new Set<Promise<void>>()

  /** `onLost`: a record could not be written. */
  constructor(parts: () => VisitParts, onLost: (error: unknown) => void) {
    this.#parts = parts
    this.#onLost = onLost
  }

  /** Runs one request as part of the pull that it belongs to. */
  async serve<Result>(question: VisitQuestion, work: (visit: Visit) => Promise<Result>): Promise<Result> {
    const found = this.#find(question)
    try {
      return await this.#serveIn(found ?? this.#begin(question), work)
    } catch (error) {
      if (!(error instanceof TagMoved)) throw error
      return this.#serveIn(this.#begin(question), work)
    }
  }

  async #serveIn<Result>(running: Running, work: (visit: Visit) => Promise<Result>): Promise<Result> {
    if (running.clock !== null) clearTimeout(running.clock)
    running.clock = null
    running.requests++
    try {
      return await work(running.visit)
    } finally {
      running.requests--
      if (running.requests === 0 && this.#running.has(running)) {
        const waitMs = running.visit.refusedForMs === null ? idleMs : refusalMs
        running.clock = setTimeout(() => this.#end(running, null), waitMs)
      }
    }
  }

  /** Ends what the owner no longer allows. */
  endUnless(isOpen: (door: Door) => boolean): void {
    for (const running of this.#running) {
      if (!isOpen(running.door)) this.#end(running, running.visit.isBusy ? problem('INTERRUPTED') : null)
    }
  }

  /** Ends all; returns once their records are written. */
  async close(): Promise<void> {
    this.endUnless(() => false)
    await Promise.all(this.#ending)
  }

  #find({ engine, door, repository, reference, kind }: VisitQuestion): Running | undefined {
    const key = keyOf(engine, door, repository)
    const here = [...this.#running].filter((one) => one.key === key && (one.visit.refusedForMs ?? 0) < refusalMs)
    const known = here.findLast(({ visit }) => visit.includes(reference))
    // A blob that no manifest named: the engine resumes, or its manifest came from elsewhere.
    if (kind === 'blob') return known ?? here.findLast(({ visit }) => visit.refusedForMs === null)
    return known !== undefined && known.visit.ageMs < pollMs ? known : undefined
  }

  #begin({ engine, door, repository, reference, kind }: VisitQuestion): Running {
    const begun = kind === 'manifest' ? reference : null
    const { name, image } = imageAt(door.registry, repository, begun)
    const order = {
      purpose: 'door',
      engine,
      image: name,
      digest: null,
      secret: door.secret,
      clusterId: null,
      buildId: null,
    } as const
    const visit = new Visit({ order, image, reference: begun, parts: this.#parts() })
    const key = keyOf(engine, door, repository)
    const running: Running = { key, visit, door, requests: 0, clock: null }
    this.#running.add(running)
    return running
  }

  #end(running: Running, because: Problem | null): void {
    if (!this.#running.delete(running)) return
    if (running.clock !== null) clearTimeout(running.clock)
    const ending = running.visit.end(because).catch(this.#onLost)
    this.#ending.add(ending)
    void ending.finally(() => this.#ending.delete(ending))
  }
}

const keyOf = (engine: DoorEngine, { name, secret }: Door, repository: string): string =>
  JSON.stringify([engine, name, secret, repository])
