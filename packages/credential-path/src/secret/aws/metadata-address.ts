/** The address of the metadata service of AWS, where the environment names another than the well-known one. */
import { problem } from '@fairlead/contract/problems'
import { isOnOwnNetwork } from '../own-network.ts'

const name = 'AWS_EC2_METADATA_SERVICE_ENDPOINT'

/** Throws METADATA_ADDRESS_REFUSED. The SDK asks there over plain http, whatever scheme the address has. */
export function checkMetadataAddress(env: NodeJS.ProcessEnv = process.env): void {
  const endpoint = env[name] ?? ''
  // What is no URL the SDK refuses itself.
  if (!URL.canParse(endpoint)) return
  const { host } = new URL(endpoint)
  if (!isOnOwnNetwork(host)) throw problem('METADATA_ADDRESS_REFUSED', { name, host })
}
