/** The progress of an image build: overlapping phases as one fraction, for a progress bar. */

/** Shares of the total time, as measured on two cores: base and ray run in parallel. */
const shares = { base: 0.65, ray: 0.15, pack: 0.2 }

export type ImagePhase = keyof typeof shares

/** Told how much of a phase is done. */
export type TellPhase = (phase: ImagePhase, fraction: number) => void

/** `tell` gets the fraction of the whole, 0 to 1, which never decreases. */
export function imageProgress(tell: (fraction: number) => void = () => {}): TellPhase {
  const reached = { base: 0, ray: 0, pack: 0 }
  return (phase, fraction) => {
    reached[phase] = Math.min(1, Math.max(fraction, reached[phase]))
    tell(Math.min(1, shares.base * reached.base + shares.ray * reached.ray + shares.pack * reached.pack))
  }
}
