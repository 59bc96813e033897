/** Lets the time pass that a socket was given, without waiting for it: Node's own timers of sockets cannot be faked. */
import { Socket } from 'node:net'
import { vi } from 'vitest'

export class GivenTime implements Disposable {
  readonly #set = vi.spyOn(Socket.prototype, 'setTimeout')

  /** The first socket that was given exactly this long without a byte, since this began; undefined while none was. */
  socketWith(ms: number): Socket | undefined {
    const { calls, contexts } = this.#set.mock
    return contexts[calls.findIndex(([given]) => given === ms)] as Socket | undefined
  }

  [Symbol.dispose](): void {
    this.#set.mockRestore()
  }
}
