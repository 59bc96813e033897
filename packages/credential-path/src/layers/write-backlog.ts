/** How much waits in memory for a disk that is behind, over all layers that come at once: none of it is needed for the pull that brings it. */
const mostBytes = 32 * 1024 * 1024

export class WriteBacklog {
  readonly #most: number
  #bytes = 0

  constructor(most = mostBytes) {
    this.#most = most
  }

  /** False where there is no room: what comes is then not kept. */
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

/** Of this process: many pulls at once share one disk. */
export const writeBacklog = new WriteBacklog()
