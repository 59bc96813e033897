/**
 * How many bytes of bodies from unverified senders are held: over all connections, and per sender. A client that opens endless connections then fills
 * no more memory than that, and no more than one sender's share (ADR 41).
 */
import { problem } from '@fairlead/contract/problems'

export interface ByteLimits {
  readonly all: number
  /** Per sender: a network, or a node. */
  readonly each: number
}

const mebibyte = 1024 * 1024

/** For anyone: a join takes a few kilobytes. */
export const strangersLimits: ByteLimits = { all: 8 * mebibyte, each: mebibyte }
/** For nodes, whose signature is checked once the body is complete; the largest report has 1 MiB. */
export const nodesLimits: ByteLimits = { all: 64 * mebibyte, each: 4 * mebibyte }

/** Counts the bytes of one body as they arrive. */
export interface Room extends Disposable {
  /** Throws SERVER_BUSY. */
  take(bytes: number): void
}

export class UnverifiedBytes {
  readonly #limits: ByteLimits
  readonly #held = new Map<string, number>()
  #all = 0

  constructor(limits: ByteLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#all
  }

  room(sender: string): Room {
    let taken = 0
    return {
      take: (bytes) => {
        const ofSender = (this.#held.get(sender) ?? 0) + bytes
        if (ofSender > this.#limits.each || this.#all + bytes > this.#limits.all) throw problem('SERVER_BUSY')
        this.#held.set(sender, ofSender)
        this.#all += bytes
        taken += bytes
      },
      [Symbol.dispose]: () => {
        const left = (this.#held.get(sender) ?? 0) - taken
        if (left === 0) this.#held.delete(sender)
        else this.#held.set(sender, left)
        this.#all -= taken
        taken = 0
      },
    }
  }
}
