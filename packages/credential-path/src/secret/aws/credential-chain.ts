/**
 * The only credential chain of a node on AWS: the credentials that sign its join also read its secrets. Requests to AWS for credentials,
 * such as to STS for a web identity, use the owner's proxy and authorities (S15); what the machine or its container was given is requested
 * directly.
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
  /** For the SDK's clients: cached, and refreshed before they expire. */
  readonly provider: NonNullable<STSClientConfig['credentials']>
  /** Throws NODE_IDENTITY_MISSING, or the reason why no request is allowed; if STS is asked and does not answer, the resulting failure. */
  readonly credentials: (signal: AbortSignal) => Promise<RoleCredentials>
}

/** `region` is the node's own: the node has a route to that region's STS. */
export function awsCredentialChain(connection: SecretManagerConnection, region: string): AwsCredentialChain {
  // The SDK's default chain belongs to a client, and inherits how that client talks to AWS.
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

/** Only AWS puts this mark on an error, and STS is the only part of AWS asked for credentials. */
const isOfSts = (error: unknown): boolean => error instanceof Error && '$metadata' in error
