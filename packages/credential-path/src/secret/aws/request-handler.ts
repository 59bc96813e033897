/** How the AWS SDK's clients speak to AWS: by the owner's proxy and authorities, within seconds. */
import type { SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager'
import { CloudAgent } from '../cloud-agent.ts'
import { LoopbackAgent } from '../loopback-agent.ts'
import type { SecretManagerConnection } from '../secret-manager-connection.ts'

/** The same for every service: the chain of credentials takes it over for those that it asks itself, such as STS for a web identity. */
type RequestHandler = NonNullable<SecretsManagerClientConfig['requestHandler']>

/** Seconds are for a VPC endpoint that is missing: a route that leads nowhere must not hold a start for minutes. */
const patience = { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true }

export function awsRequestHandler(connection: SecretManagerConnection): RequestHandler {
  return { ...patience, httpAgent: new LoopbackAgent(), httpsAgent: new CloudAgent(connection) }
}
