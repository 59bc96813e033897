/** A store that reports how long each write took. */
import type { Store } from './store.ts'

export function timedStore(store: Store, onWrite: (outcome: 'committed' | 'failed', seconds: number) => void): Store {
  return {
    ...store,
    async write(work) {
      const started = performance.now()
      const end = (outcome: 'committed' | 'failed') => onWrite(outcome, (performance.now() - started) / 1000)
      try {
        const result = await store.write(work)
        end('committed')
        return result
      } catch (error) {
        end('failed')
        throw error
      }
    },
  }
}
