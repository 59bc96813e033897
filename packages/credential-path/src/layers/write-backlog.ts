/** Limits how much waits in memory for a slow disk, over all layers arriving at once: the pull that delivers the data does not need it. */
const mostBytes = 32 * 1024 * 1024

export class WriteBacklog {
  readonly #most: number
  #bytes = 0

  constructor(most = mostBytes) {
    this.#most = most
  }

  /** False if there is no room: the new bytes are then not kept. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#most) return false
    this.#bytes += bytes
    return true
  }

  /** On the disk, or given up. */
  give(bytes: number): void {
    this.#bytes -= bytes
  }
}

/** Per process: concurrent pulls share one disk. */
export const writeBacklog = new WriteBacklog()
