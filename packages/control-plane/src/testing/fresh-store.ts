/** An empty store for each test, deleted after the test. */
import { afterEach, beforeEach } from 'vitest'
import { openSqliteStore } from '../store/sqlite/sqlite.ts'
import type { Store } from '../store/store.ts'
import { tempDir } from './temp-dir.ts'

/** Registers hooks in the calling scope; returns the current test's store. */
export function freshStore(): () => Store {
  let dir: ReturnType<typeof tempDir>
  let store: Store
  beforeEach(async () => {
    dir = tempDir()
    store = await openSqliteStore(dir.path)
  })
  afterEach(async () => {
    await store.close()
    dir[Symbol.dispose]()
  })
  return () => store
}
