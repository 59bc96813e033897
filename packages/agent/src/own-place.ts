/** What this node is, asked of its cloud and nobody else (S21). A cloud that does not answer yet is asked again when it matters. */
import { problem, type Provider, type SecretContext } from '@fairlead/contract'
import type { OwnPlace } from './control-channel/judge-desired-state.ts'
import { awsNodeIdentity, type AwsNodeIdentity } from './secrets/aws-identity.ts'
import { openSecretReader } from './secrets/open-secret-reader.ts'
import type { SecretManagerConnection } from './secrets/secret-manager-connection.ts'
import type { SecretReader } from './secrets/secret-reader.ts'
import { untilAborted } from './until-aborted.ts'

export interface NodePlace {
  /** As far as it is known now. */
  readonly context: SecretContext
  /** The same, for the judgement of desired state. */
  readonly place: Pick<OwnPlace, 'partition' | 'accountId' | 'projectId'>
  readonly secrets: SecretReader
  /** Asks once; throws NODE_IDENTITY_MISSING or SECRET_MANAGER_UNREACHABLE. */
  learn(signal: AbortSignal): Promise<void>
}

export function openNodePlace(provider: Provider, secretsDir: string, connection: SecretManagerConnection): NodePlace {
  if (provider === 'aws') return new AwsPlace(connection)
  if (provider === 'gcp') throw problem('PROVIDER_UNSUPPORTED', { provider })
  return {
    context: {},
    place: { partition: null, accountId: null, projectId: null },
    secrets: openSecretReader({ provider, secretsDir }),
    learn: () => Promise.resolve(),
  }
}

const askedForMs = 25_000

class AwsPlace implements NodePlace {
  readonly #connection: SecretManagerConnection
  #known: AwsNodeIdentity | null = null
  #asking: Promise<AwsNodeIdentity> | null = null
  #reader: SecretReader | null = null

  constructor(connection: SecretManagerConnection) {
    this.#connection = connection
  }

  get context(): SecretContext {
    return this.#known ?? {}
  }

  get place() {
    return {
      partition: this.#known?.partition ?? null,
      accountId: this.#known?.accountId ?? null,
      projectId: null,
    }
  }

  /** Which region a bare name means is part of what the node is, so a read waits for that. */
  readonly secrets: SecretReader = {
    read: async (reference, options) => {
      const { region, accountId, role } = await this.#ask(options.signal)
      this.#reader ??= openSecretReader({ provider: 'aws', connection: this.#connection, region, accountId, role })
      return this.#reader.read(reference, options)
    },
  }

  async learn(signal: AbortSignal): Promise<void> {
    await this.#ask(signal)
  }

  async #ask(signal: AbortSignal): Promise<AwsNodeIdentity> {
    if (this.#known !== null) return this.#known
    // Shared by all who wait, so it has a deadline of its own.
    this.#asking ??= awsNodeIdentity(this.#connection, AbortSignal.timeout(askedForMs)).finally(() => {
      this.#asking = null
    })
    this.#known = await untilAborted(this.#asking, signal)
    return this.#known
  }
}
