/** A login for one registry, as the secret holds it. It exists on nodes only. */
import type { Redacted } from './redacted.ts'

export interface RegistryLogin {
  readonly username: Redacted<string>
  readonly password: Redacted<string>
  /** As written in the secret; compared by `bindTo`, never shown to the control plane. */
  readonly server: Redacted<string>
}
