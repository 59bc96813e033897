/** How far the login of one attempt got, for its record: it only advances, whatever is tried afterwards. */
import { furtherReach, type LoginReach } from '@fairlead/contract/wire'

export class LoginTrace {
  #reached: LoginReach

  constructor(secret: string | null) {
    this.#reached = secret === null ? 'none' : 'unasked'
  }

  get reached(): LoginReach {
    return this.#reached
  }

  reach(point: LoginReach): void {
    this.#reached = furtherReach(this.#reached, point)
  }
}
