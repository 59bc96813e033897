/** The parts of a pull: the one place where secrets, registry, gateway and engine meet. */
import type { NodeId, Provider, SecretContext } from '@fairlead/contract/names'
import type { NodePullEvent } from '@fairlead/contract/wire'
import type { Engine } from '../engine/engine.ts'
import type { BlobStore } from '../layers/blob-store.ts'
import type { NodePolicy } from '../policy/node-policy.ts'
import type { RegistryClient } from '../registry/registry-client.ts'
import type { SecretReader } from '../secret/secret-reader.ts'
import type { Ledger } from '../record/ledger.ts'
import type { SharedWork } from './shared-work.ts'

export interface PullParts {
  /** Null for a pull without a server. */
  readonly nodeId: NodeId | null
  readonly provider: Provider
  /** The node's own identity: where a bare name is looked up (S21). */
  readonly context: SecretContext
  readonly secrets: SecretReader
  readonly registry: Pick<RegistryClient, 'admit' | 'rights'> & {
    /** Null: only when its turn comes, so that what happens on the way can be attributed to its step. */
    readonly ask: RegistryClient['ask'] | null
  }
  /** Null on a checker. */
  readonly engine: Engine | null
  readonly policy: NodePolicy
  readonly ledger: Ledger
  /** Shared with the node's doors. */
  readonly blobs: BlobStore
  /** What the engine is pulling at the moment, as image ids; their progress is in bytes. An image that two pulls want comes once. */
  readonly loads: SharedWork<string, number>
  /** How long to wait for an engine that went away during a pull. */
  readonly engineBackWithinMs?: number
  /** Called for every pull and check once it has ended, whatever its outcome. */
  readonly onEnd?: (event: NodePullEvent) => void
}
