/** The AWS region of this machine: where a bare name of a secret is looked up. */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { partitionOfRegion } from '@fairlead/contract/names'
import { isProblem, problem } from '@fairlead/contract/problems'
import { untilAborted } from '../../process/until-aborted.ts'
import { checkMetadataAddress } from './metadata-address.ts'

/** The SDK's own order: environment, then configuration file; if neither is set, the machine asks its metadata service. */
export async function ownAwsRegion(signal: AbortSignal): Promise<string> {
  const client = new SecretsManagerClient({})
  try {
    return await client.config.region()
  } catch {
    return await regionOfMachine(signal)
  } finally {
    client.destroy()
  }
}

async function regionOfMachine(signal: AbortSignal): Promise<string> {
  checkMetadataAddress()
  try {
    // Loaded only here: most starts do not need it.
    const { MetadataService } = await import('@aws-sdk/ec2-metadata-service')
    // No leading slash: the client appends the path to the endpoint's own.
    const service = new MetadataService({ httpOptions: { timeout: 2000 } })
    const region = await untilAborted(service.request('latest/meta-data/placement/region', {}), signal)
    if (partitionOfRegion(region) !== null) return region
  } catch (error) {
    if (isProblem(error)) throw error
  }
  throw problem('NODE_REGION_MISSING')
}
