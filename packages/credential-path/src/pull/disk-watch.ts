/** Aborts a pull before it fills the disk that holds the engine's images (S17). */
import { problem } from '@fairlead/contract/problems'
import { freeBytes } from '../process/free-bytes.ts'

const lookEveryMs = 1000

/** A folder that cannot be read is not known to be on one. */
export async function isDiskLow(folder: string, reserveBytes: number): Promise<boolean> {
  const free = await freeBytes(folder)
  return free !== null && free < reserveBytes
}

export interface DiskWatch extends AsyncDisposable {
  /** Aborts with NODE_DISK_FULL when less than the reserve is free. */
  readonly full: AbortSignal
}

/** A folder that cannot be read (an engine in another mount namespace) is not watched; Docker then reports when its disk is full. */
export async function watchDisk(
  folder: string | null,
  reserveBytes: number,
  /** Frees what is dispensable; false if nothing is left to free. */
  makeRoom: () => Promise<boolean>,
): Promise<DiskWatch> {
  const full = new AbortController()
  const isLow = async (): Promise<boolean> => folder !== null && (await isDiskLow(folder, reserveBytes))
  const look = async (): Promise<void> => {
    if ((await isLow()) && !((await makeRoom()) && !(await isLow()))) full.abort(problem('NODE_DISK_FULL'))
  }
  await look()
  const clock = setInterval(() => void look(), lookEveryMs)
  return { full: full.signal, [Symbol.asyncDispose]: async () => clearInterval(clock) }
}
