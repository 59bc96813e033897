/** Whether an image fits on the engine's disk. Pure. */

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
