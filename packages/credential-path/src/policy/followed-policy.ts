/** The owner's file, followed: read again whenever it changes, so that a door that was closed is closed at the next request. */
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import { fileVersion } from '../process/file-version.ts'
import type { LoadedPolicy } from './loaded-policy.ts'
import type { PolicyInForce } from './node-policy.ts'
import { readPolicyInForce } from './read-node-policy.ts'

export class FollowedPolicy {
  readonly #named: string | null
  readonly #before: LoadedPolicy | null
  #inForce: PolicyInForce
  #refusal: Problem | null = null
  #seen: string

  /** `inForce`: as it was read at the start of this process. */
  constructor(named: string | null, inForce: PolicyInForce, before: LoadedPolicy | null = null) {
    this.#named = named
    this.#inForce = inForce
    this.#before = before
    // Unknown rather than current: a change between that reading and now must not be missed.
    this.#seen = ''
  }

  /** Throws POLICY_MISSING, POLICY_UNSAFE or POLICY_INVALID: while the file cannot be used, nothing is allowed. */
  now(): PolicyInForce {
    const version = fileVersion(this.#inForce.file)
    if (version !== this.#seen) this.#read(version)
    if (this.#refusal !== null) throw this.#refusal
    return this.#inForce
  }

  #read(version: string): void {
    this.#refusal = null
    try {
      this.#inForce = readPolicyInForce(this.#named, { before: this.#existed })
    } catch (error) {
      this.#refusal = isProblem(error)
        ? error
        : problem('POLICY_INVALID', { path: this.#inForce.file, reason: 'it cannot be read' })
    }
    this.#seen = version
  }

  /** A file that this process has read must not disappear unnoticed. */
  get #existed(): LoadedPolicy | null {
    const { file, given } = this.#inForce
    return given === null ? this.#before : { file, exists: true, sha256: '' }
  }
}
