/** A part of the console that could not be loaded: the connection is at fault, or the control plane was upgraded and has another one now. */

export class MissingPart extends Error {
  constructor(cause: unknown) {
    super('a part of the console could not be loaded', { cause })
  }
}

/** Loads a part of the console, and says so where it cannot. */
export function part<Module>(load: () => Promise<Module>): () => Promise<Module> {
  return () =>
    load().catch((error: unknown) => {
      throw new MissingPart(error)
    })
}

export interface RenewalEffects {
  /** Whether the server of the console answers. */
  readonly isServed: () => Promise<boolean>
  /** When the whole console was loaded again last for such a part; null: never in this tab. */
  readonly reloadedAt: number | null
  readonly reload: () => void
  readonly tryAgain: () => void
  readonly now: number
}

/** A part that is missing from a console just loaded is missing for another reason: another load of the whole would not help. */
const reloadEveryMs = 60_000

/** Once the server answers, the console is loaded again, which brings the parts of an upgraded one; soon after that, the part only. */
export async function renewPart(effects: RenewalEffects): Promise<void> {
  if (!(await effects.isServed())) return
  const { reloadedAt, now } = effects
  if (reloadedAt === null || now - reloadedAt >= reloadEveryMs) effects.reload()
  else effects.tryAgain()
}
