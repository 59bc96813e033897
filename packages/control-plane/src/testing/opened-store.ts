/** A store under test. */
import type { Store } from '../store/store.ts'

export interface OpenedStore {
  store: Store
  /** Closes and reopens it, as a restart does. */
  reopen(): Promise<Store>
  /** Another process's view of the same database, if it supports several. */
  another?(): Promise<Store>
  dispose(): Promise<void>
}
