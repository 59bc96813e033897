/** What a cloud vouched for: the machine, and who it runs as. */
import type { NodeIdentity } from '@fairlead/contract/wire'

export interface ProvenMachine {
  readonly identity: NodeIdentity
  /** One machine, one key (S19); the same machine has the same one whatever it calls itself. */
  readonly instanceKey: string
  /** AWS only: the unique id of the role, which another role of the same name does not have. */
  readonly roleId: string | null
}
