/**
 * How much is held of bodies whose senders are not known yet: over all connections, and of one sender. Whoever opens connections without end
 * then fills no more memory than that, and no more than a sender's part of it (ADR 41).
 */
import { problem } from '@fairlead/contract/problems'

export interface ByteLimits {
  readonly all: number
  /** Of one sender: a network, or a node. */
  readonly each: number
}

const mebibyte = 1024 * 1024

/** Anybody's: to join, which takes a few kilobytes. */
export const strangersLimits: ByteLimits = { all: 8 * mebibyte, each: mebibyte }
/** A node's, whose signature is checked once its body is there; the largest report has 1 MiB. */
export const nodesLimits: ByteLimits = { all: 64 * mebibyte, each: 4 * mebibyte }

/** Where the bytes of one body are counted while they come. */
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
