/** The address of the AWS metadata service, if the environment names one other than the well-known one. */
import { problem } from '@fairlead/contract/problems'
import { isOnOwnNetwork } from '../own-network.ts'

const name = 'AWS_EC2_METADATA_SERVICE_ENDPOINT'

/** Throws METADATA_ADDRESS_REFUSED. The SDK queries it over plain http, whatever the address's scheme. */
export function checkMetadataAddress(env: NodeJS.ProcessEnv = process.env): void {
  const endpoint = env[name] ?? ''
  // The SDK itself rejects anything that is not a URL.
  if (!URL.canParse(endpoint)) return
  const { host } = new URL(endpoint)
  if (!isOnOwnNetwork(host)) throw problem('METADATA_ADDRESS_REFUSED', { name, host })
}
