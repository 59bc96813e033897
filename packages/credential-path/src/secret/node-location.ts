/** This node's identity, requested only from its cloud (S21). A cloud that does not answer yet is asked again when needed. */
import type { Provider, SecretContext } from '@fairlead/contract/names'
import { awsNodeIdentity } from './aws/identity.ts'
import { awsSecretReader } from './aws/secrets-manager.ts'
import { openGcpNode } from './google/identity.ts'
import { gcpSecretReader } from './google/secret-manager.ts'
import { localSecretReader } from './local.ts'
import type { SecretManagerConnection } from './secret-manager-connection.ts'
import type { SecretReader } from './secret-reader.ts'
import { singleFlight } from './single-flight.ts'
import { untilAborted } from '../process/until-aborted.ts'

export interface NodePlace {
  /** As far as it is known now. */
  readonly context: SecretContext
  /** The same, with null for what it cannot know. */
  readonly place: { readonly [Fact in 'partition' | 'accountId' | 'projectId']: string | null }
  readonly secrets: SecretReader
  /** Asks once; throws NODE_IDENTITY_MISSING or SECRET_MANAGER_UNREACHABLE. */
  learn(signal: AbortSignal): Promise<void>
}

type OpenPlace = (secretsDir: string, connection: SecretManagerConnection) => NodePlace

const openers: Readonly<Record<Provider, OpenPlace>> = {
  aws: (_, connection) =>
    new CloudPlace({
      identify: (signal) => awsNodeIdentity(connection, signal),
      open: ({ region, accountId, role }) => awsSecretReader({ connection, region, accountId, role }),
    }),
  gcp: (_, connection) => {
    const node = openGcpNode(connection)
    return new CloudPlace({
      identify: (signal) => node.identity(signal),
      open: (own) => gcpSecretReader({ connection, own, node }),
    })
  },
  local: (folder) => ({
    context: {},
    place: { partition: null, accountId: null, projectId: null },
    secrets: singleFlight(localSecretReader({ folder, uid: process.getuid?.() ?? 0 })),
    learn: () => Promise.resolve(),
  }),
}

/** Its secrets are cached. */
export const openNodePlace = (provider: Provider, secretsDir: string, connection: SecretManagerConnection): NodePlace =>
  openers[provider](secretsDir, connection)

const askedForMs = 25_000

/** How a cloud gives a node its identity, and what that opens. */
interface CloudWays<Identity extends SecretContext> {
  readonly identify: (signal: AbortSignal) => Promise<Identity>
  readonly open: (identity: Identity) => SecretReader
}

class CloudPlace<Identity extends SecretContext> implements NodePlace {
  readonly #ways: CloudWays<Identity>
  #known: Identity | null = null
  #asking: Promise<Identity> | null = null
  #reader: SecretReader | null = null

  constructor(ways: CloudWays<Identity>) {
    this.#ways = ways
  }

  get context(): SecretContext {
    return this.#known ?? {}
  }

  get place() {
    const { partition = null, accountId = null, projectId = null } = this.context
    return { partition, accountId, projectId }
  }

  /** The region or project meant by a bare name is part of the node's identity, so a read waits for that. */
  readonly secrets: SecretReader = {
    read: async (reference, options) => {
      const identity = await this.#ask(options.signal)
      this.#reader ??= singleFlight(this.#ways.open(identity))
      return this.#reader.read(reference, options)
    },
  }

  async learn(signal: AbortSignal): Promise<void> {
    await this.#ask(signal)
  }

  async #ask(signal: AbortSignal): Promise<Identity> {
    if (this.#known !== null) return this.#known
    // Shared by all waiters, so it has its own deadline.
    this.#asking ??= this.#ways.identify(AbortSignal.timeout(askedForMs)).finally(() => {
      this.#asking = null
    })
    this.#known = await untilAborted(this.#asking, signal)
    return this.#known
  }
}
