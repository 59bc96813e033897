/** Builds this machine's credential path from its owner's files, for both `agent run` and `fairlead pull`. */
import { type NodeId, type Provider } from '@fairlead/contract/names'
import { isProblem } from '@fairlead/contract/problems'
import { type NodePullEvent } from '@fairlead/contract/wire'
import { DockerEngine } from './engine/docker.ts'
import type { Engine } from './engine/engine.ts'
import { diskRoom, memoryRoom } from './layers/blob-room.ts'
import { BlobStore } from './layers/blob-store.ts'
import type { BlobPatience } from './layers/resumed-span.ts'
import { openNodePlace, type NodePlace } from './secret/node-location.ts'
import type { LoadedPolicy } from './policy/loaded-policy.ts'
import type { NodePolicy, PolicyInForce } from './policy/node-policy.ts'
import { readPolicyInForce } from './policy/read-node-policy.ts'
import type { ImagePuller } from './image-puller.ts'
import { Ledger } from './record/ledger.ts'
import type { PullParts } from './pull/pull-parts.ts'
import { openImagePuller } from './pull/node-image-puller.ts'
import { SharedWork } from './pull/shared-work.ts'
import { secretManagerConnection } from './secret/secret-manager-connection.ts'
import { openRegistryClient, type RegistryClientOptions } from './registry/registry-client.ts'

export interface PullPathOptions {
  /** Null for a pull without a server. */
  readonly nodeId: NodeId | null
  readonly provider: Provider
  /** Null: the default file, which may be absent. */
  readonly policyFile: string | null
  /** The policy that this node's agent used when it last started. */
  readonly policyBefore?: LoadedPolicy | null
  readonly secretsDir: string
  /** Null on a checker. */
  readonly dockerSocket: string | null
  /** Null: the record is kept only in memory. */
  readonly ledgerDir: string | null
  /** Whether to identify this node with the cloud first; an order without a secret does not need it. */
  readonly learnPlace: boolean
  /** Called for every pull and check once it has ended. */
  readonly onPull?: (event: NodePullEvent) => void
  /** How long to wait for a registry; tests use a shorter wait. */
  readonly waits?: Waits
}

export interface Waits extends Pick<RegistryClientOptions, 'timing' | 'retry'> {
  readonly patience?: BlobPatience
}

export interface PullPath extends AsyncDisposable {
  readonly policy: NodePolicy
  readonly inForce: PolicyInForce
  readonly engine: Engine | null
  readonly puller: ImagePuller
  /** Of which the puller is made; the doors' pulls are made of the same. */
  readonly parts: PullParts
  readonly ledger: Ledger
  readonly node: NodePlace
  /** Why the node could not identify itself, if so. */
  readonly identityMissing: string | null
}

export async function openPullPath(options: PullPathOptions, signal: AbortSignal): Promise<PullPath> {
  await using parts = new AsyncDisposableStack()
  const inForce = readPolicyInForce(options.policyFile, { before: options.policyBefore ?? null })
  const { policy } = inForce
  const node = openNodePlace(options.provider, options.secretsDir, secretManagerConnection(policy))
  const engine =
    options.dockerSocket === null ? null : parts.use(new DockerEngine({ socketPath: options.dockerSocket }))
  const registry = parts.use(openRegistryClient(policy, options.waits))
  const ledger = parts.use(await Ledger.open(options.ledgerDir, options.nodeId))
  const reserveBytes = policy.disk_reserve_bytes
  const patience = options.waits?.patience
  const rooms = options.ledgerDir === null ? [] : [memoryRoom(), diskRoom(options.ledgerDir, reserveBytes)]
  const blobs = parts.use(new BlobStore(rooms, { ...(patience && { patience }) }))
  const pullParts: PullParts = {
    nodeId: options.nodeId,
    provider: options.provider,
    get context() {
      return node.context
    },
    secrets: node.secrets,
    registry,
    engine,
    policy,
    ledger,
    blobs,
    loads: new SharedWork(),
    ...(options.onPull && { onEnd: options.onPull }),
  }
  const puller = openImagePuller(pullParts)
  const identityMissing = options.learnPlace ? await whyUnknown(node, signal) : null
  const opened = parts.move()
  return {
    policy,
    inForce,
    engine,
    puller,
    parts: pullParts,
    ledger,
    node,
    identityMissing,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** A node without an identity still runs: it can report that, and pull what needs no secret. */
async function whyUnknown(node: NodePlace, signal: AbortSignal): Promise<string | null> {
  try {
    await node.learn(signal)
    return null
  } catch (error) {
    if (isProblem(error) && !signal.aborted) return error.code
    throw error
  }
}
