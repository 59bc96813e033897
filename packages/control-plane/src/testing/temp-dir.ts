/** A folder for one test, deleted after it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export function tempDir(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'fairlead-control-plane-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
