/** A login for one registry, as stored in the secret. It exists only on nodes. */
import type { Redacted } from './redacted.ts'

export interface RegistryLogin {
  readonly username: Redacted<string>
  readonly password: Redacted<string>
  /** As written in the secret; compared by `bindTo`, never shown to the control plane. */
  readonly server: Redacted<string>
}
