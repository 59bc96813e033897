/** A store under test. */
import type { Store } from '../store/store.ts'

export interface OpenedStore {
  store: Store
  /** Closes it and opens it anew, as a restart does. */
  reopen(): Promise<Store>
  /** Another process's view of the same database, where there can be one. */
  another?(): Promise<Store>
  dispose(): Promise<void>
}
