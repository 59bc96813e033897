/** Whether every engine of this machine uses its doors, as the agent saw it last; those who wait for it, and a server that tells it. */
import type { Problem } from '@fairlead/contract/problems'
import { untilAborted } from '@fairlead/credential-path/process/until-aborted'
import { serveText, type TextListener } from '../metrics/serve-text.ts'

export class DoorReadiness {
  /** Null: no look yet. */
  #faults: readonly Problem[] | null = null
  readonly #waiting = new Set<() => void>()

  /** Takes what a look found; says whether that is news. */
  take(faults: readonly Problem[]): boolean {
    const isNews = this.#faults === null || codesOf(faults) !== codesOf(this.#faults)
    this.#faults = faults
    if (this.isReady) for (const resolve of this.#waiting) resolve()
    return isNews
  }

  get isReady(): boolean {
    return this.#faults?.length === 0
  }

  /** Resolves when they do. */
  async until(signal: AbortSignal): Promise<void> {
    if (this.isReady) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.add(resolve)
    try {
      await untilAborted(promise, signal)
    } finally {
      this.#waiting.delete(resolve)
    }
  }

  /** For a prober: 200, or 503 with the codes. */
  answer(): { readonly status: number; readonly text: string } {
    if (this.isReady) return { status: 200, text: 'ok\n' }
    return { status: 503, text: this.#faults === null ? 'not looked yet\n' : `${codesOf(this.#faults)}\n` }
  }
}

const codesOf = (faults: readonly Problem[]): string =>
  [...new Set(faults.map(({ code }) => code))].toSorted().join(' ')

export function serveReadiness(listen: string, readiness: DoorReadiness): Promise<TextListener> {
  return serveText(listen, '--health-listen', (path) => (path === '/readyz' ? readiness.answer() : null))
}
