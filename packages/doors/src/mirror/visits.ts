/** The pulls that run through the mirror now: which request belongs to which, and when each is over. */
import { problem, type Problem } from '@fairlead/contract/problems'
import type { DoorEngine } from '@fairlead/contract/wire'
import type { Door } from './door-table.ts'
import { imageAt } from './door-table.ts'
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
  readonly visit: Visit
  readonly door: Door
  requests: number
  clock: NodeJS.Timeout | null
  isOver: boolean
}

export class Visits {
  readonly #parts: () => VisitParts
  readonly #onLost: (error: unknown) => void
  /** The newest first. */
  readonly #running = new Map<string, Running[]>()
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
      if (running.requests === 0 && !running.isOver) {
        const waitMs = running.visit.refusedForMs === null ? idleMs : refusalMs
        running.clock = setTimeout(() => this.#end(running, null), waitMs)
      }
    }
  }

  /** Ends what the owner no longer allows. */
  endUnless(isOpen: (door: Door) => boolean): void {
    const all = [...this.#running.values()].flat()
    for (const running of all) {
      if (!isOpen(running.door)) this.#end(running, running.visit.isBusy ? problem('INTERRUPTED') : null)
    }
  }

  /** Ends all; returns once their records are written. */
  async close(): Promise<void> {
    this.endUnless(() => false)
    await Promise.all(this.#ending)
  }

  #find({ engine, door, repository, reference, kind }: VisitQuestion): Running | undefined {
    const all = this.#running.get(keyOf(engine, door, repository)) ?? []
    const here = all.filter(({ visit }) => (visit.refusedForMs ?? 0) < refusalMs)
    const known = here.find(({ visit }) => visit.includes(reference))
    // A blob that no manifest named: the engine resumes, or its manifest came from elsewhere.
    if (kind === 'blob') return known ?? here.find(({ visit }) => visit.refusedForMs === null)
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
    const running: Running = { visit, door, requests: 0, clock: null, isOver: false }
    const key = keyOf(engine, door, repository)
    this.#running.set(key, [running, ...(this.#running.get(key) ?? [])])
    return running
  }

  #end(running: Running, because: Problem | null): void {
    if (running.isOver) return
    running.isOver = true
    if (running.clock !== null) clearTimeout(running.clock)
    for (const [key, here] of this.#running) {
      const others = here.filter((other) => other !== running)
      if (others.length > 0) this.#running.set(key, others)
      else this.#running.delete(key)
    }
    const ending = running.visit.end(because).catch(this.#onLost)
    this.#ending.add(ending)
    void ending.finally(() => this.#ending.delete(ending))
  }
}

const keyOf = (engine: DoorEngine, { name, secret }: Door, repository: string): string =>
  JSON.stringify([engine, name, secret, repository])
