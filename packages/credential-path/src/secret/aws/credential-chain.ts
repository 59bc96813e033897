/**
 * The one chain of credentials of a node of AWS: what signs its join is what reads its secrets. Where AWS itself is asked for them, as STS is
 * for a web identity, that goes by the owner's proxy and authorities (S15); what the machine or its container is given, is asked directly.
 */
import { STSClient, type STSClientConfig } from '@aws-sdk/client-sts'
import { isProblem } from '@fairlead/contract/problems'
import { untilAborted } from '../../process/until-aborted.ts'
import { checkMetadataAddress } from './metadata-address.ts'
import { identityMissing, stsProblem } from './problem.ts'
import { awsRequestHandler } from './request-handler.ts'
import type { SecretManagerConnection } from '../secret-manager-connection.ts'

export interface RoleCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface AwsCredentialChain extends Disposable {
  /** For the SDK's clients: kept, and asked for anew before they end. */
  readonly provider: NonNullable<STSClientConfig['credentials']>
  /** Throws NODE_IDENTITY_MISSING, or why nobody may be asked; where STS is asked and does not answer, what came of that. */
  readonly credentials: (signal: AbortSignal) => Promise<RoleCredentials>
}

/** `region` is the node's own: its STS is the one to which the node has a way. */
export function awsCredentialChain(connection: SecretManagerConnection, region: string): AwsCredentialChain {
  // The SDK's default chain belongs to a client, and takes over how that one speaks to AWS.
  const client = new STSClient({ requestHandler: awsRequestHandler(connection), region })
  const provider = client.config.credentials
  return {
    provider,
    async credentials(signal) {
      checkMetadataAddress()
      try {
        const { accessKeyId, secretAccessKey, sessionToken } = await untilAborted(provider(), signal)
        return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }
      } catch (error) {
        if (isProblem(error)) throw error
        throw isOfSts(error) ? stsProblem(error, { region, signal }) : identityMissing()
      }
    },
    [Symbol.dispose]: () => client.destroy(),
  }
}

/** Nobody but AWS leaves such a mark on an error, and of AWS only STS is asked for credentials. */
const isOfSts = (error: unknown): boolean => error instanceof Error && '$metadata' in error
