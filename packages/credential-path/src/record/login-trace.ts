/** How far the login of one attempt got, for its record: it only advances, whatever is tried afterwards. */
import { problem } from '@fairlead/contract/problems'
import { furtherReach, type LoginReach } from '@fairlead/contract/wire'

export class LoginTrace {
  #reached: LoginReach
  #isOnRecord = false

  constructor(secret: string | null) {
    this.#reached = secret === null ? 'none' : 'unasked'
  }

  get reached(): LoginReach {
    return this.#reached
  }

  /** Called before a login gets there. Throws INTERRUPTED instead of letting it leave the node after the record said that it had not. */
  reach(point: LoginReach): void {
    const further = furtherReach(this.#reached, point)
    if (this.#isOnRecord && point === 'sent' && further !== this.#reached) throw problem('INTERRUPTED')
    this.#reached = further
  }

  /** What the record says. A fetch that other pulls share goes on, but it cannot send this login for the first time. */
  record(): LoginReach {
    this.#isOnRecord = true
    return this.#reached
  }
}
