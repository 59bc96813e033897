/** The progress of an image build: overlapping phases, and one overall fraction for a progress bar. */

export type ImagePhase = 'waiting' | 'base' | 'ray' | 'pack' | 'done'

export interface ImageProgress {
  phase: ImagePhase
  /** Of this phase, 0 to 1. */
  fraction: number
  /** Of the whole, 0 to 1; never decreases. */
  overall: number
}

/** Shares of the total time, as measured on two cores: base and ray run in parallel. */
const share: Record<ImagePhase, number> = { waiting: 0, base: 0.65, ray: 0.15, pack: 0.2, done: 0 }

export class ImageProgressMeter {
  readonly #tell: ((progress: ImageProgress) => void) | undefined
  readonly #reached = new Map<ImagePhase, number>()
  #overall = 0

  constructor(tell: ((progress: ImageProgress) => void) | undefined) {
    this.#tell = tell
  }

  report(phase: ImagePhase, fraction: number): void {
    this.#reached.set(phase, Math.min(1, Math.max(fraction, this.#reached.get(phase) ?? 0)))
    let sum = 0
    for (const [phase, fraction] of this.#reached) sum += share[phase] * fraction
    this.#overall = phase === 'done' ? 1 : Math.max(this.#overall, Math.min(1, sum))
    this.#tell?.({ phase, fraction: this.#reached.get(phase) ?? 0, overall: this.#overall })
  }
}
