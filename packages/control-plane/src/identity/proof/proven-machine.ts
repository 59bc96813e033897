/** What a cloud or a cluster vouched for: the machine, and the account it runs as. */
import type { NodeIdentity } from '@fairlead/contract/wire'

export interface ProvenMachine {
  readonly identity: NodeIdentity
  /** One machine, one key (S19); a machine keeps its key whatever it calls itself. */
  readonly instanceKey: string
  /** AWS only: the role's unique id, which another role of the same name does not share. */
  readonly roleId: string | null
  /** A proof that is not bound to this join, and so is good for one join alone. */
  readonly spends?: SpentProof
}

export interface SpentProof {
  readonly id: string
  /** When it would end by itself. */
  readonly end: number
}
