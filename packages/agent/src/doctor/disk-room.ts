/** Whether an image fits on the engine's disk. Pure. */

export interface DiskQuestion {
  /** As it is pulled, compressed; 0: only the reserve is asked about. */
  readonly imageBytes: number
  readonly freeBytes: number
  readonly reserveBytes: number
}

/** `tight`: it can be pulled, and may not fit once it is unpacked. */
export function judgeRoom({ imageBytes, freeBytes, reserveBytes }: DiskQuestion): 'fits' | 'tight' | 'full' {
  const room = freeBytes - reserveBytes
  if (room < imageBytes) return 'full'
  // The layers of Python images unpack to two or three times of what they weigh.
  return room < imageBytes * 3 ? 'tight' : 'fits'
}
