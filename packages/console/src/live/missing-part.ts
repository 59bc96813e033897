/** A part of the console that could not be loaded: the connection failed, or the control plane was upgraded and now has a different one. */

export class MissingPart extends Error {
  constructor(cause: unknown) {
    super('a part of the console could not be loaded', { cause })
  }
}

/** Loads a part of the console, and reports a failure. */
export function part<Module>(load: () => Promise<Module>): () => Promise<Module> {
  return () =>
    load().catch((error: unknown) => {
      throw new MissingPart(error)
    })
}

export interface RenewalEffects {
  /** Whether the console's server answers. */
  readonly isServed: () => Promise<boolean>
  /** When the whole console was last reloaded for such a part; null if never in this tab. */
  readonly reloadedAt: number | null
  readonly reload: () => void
  readonly tryAgain: () => void
  readonly now: number
}

/** If a part is missing from a console that was just loaded, there is another cause: reloading everything would not help. */
const reloadEveryMs = 60_000

/** Once the server answers, reloads the console, which brings the parts of an upgraded one; soon after that, only the part. */
export async function renewPart(effects: RenewalEffects): Promise<void> {
  if (!(await effects.isServed())) return
  const { reloadedAt, now } = effects
  if (reloadedAt === null || now - reloadedAt >= reloadEveryMs) effects.reload()
  else effects.tryAgain()
}
