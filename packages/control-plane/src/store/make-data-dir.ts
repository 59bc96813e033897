/** Makes the data directory where it is not there yet. What it lies in may be a file, or somebody else's. */
import { mkdirSync } from 'node:fs'
import { problem, writeFault } from '@fairlead/contract'

export function makeDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw problem('FILE_UNWRITABLE', { path: dataDir, reason: writeFault(error) })
  }
}
