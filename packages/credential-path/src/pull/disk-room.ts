/** Whether an image fits on the engine's disk, and what must stay free there. Pure. */
import type { NodePolicy } from '../policy/node-policy.ts'

export interface DiskQuestion {
  /** The compressed size, as pulled; 0: only the reserve is checked. */
  readonly imageBytes: number
  readonly freeBytes: number
  readonly reserveBytes: number
}

/** `tight`: it can be pulled, but may not fit once unpacked. */
export function judgeRoom({ imageBytes, freeBytes, reserveBytes }: DiskQuestion): 'fits' | 'tight' | 'full' {
  const room = freeBytes - reserveBytes
  if (room < imageBytes) return 'full'
  // Layers of Python images unpack to two or three times their size.
  return room < imageBytes * 3 ? 'tight' : 'fits'
}

/** While it fills up, there is time to let go of an image that no one waits for. */
const leastAheadBytes = 1024 ** 3

/** What images that no one waits for leave free: they must not be why another pull fails, however little their owner keeps free. */
export function reserveAhead({ disk_reserve_bytes }: Pick<NodePolicy, 'disk_reserve_bytes'>): number {
  return Math.max(disk_reserve_bytes, leastAheadBytes)
}
