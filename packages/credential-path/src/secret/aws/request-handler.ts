/** How the AWS SDK's clients talk to AWS: through the owner's proxy and authorities, within seconds. */
import type { SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager'
import { CloudAgent } from '../cloud-agent.ts'
import { LoopbackAgent } from '../loopback-agent.ts'
import type { SecretManagerConnection } from '../secret-manager-connection.ts'

/** The same for every service: the credential chain reuses it for the services it asks itself, such as STS for a web identity. */
type RequestHandler = NonNullable<SecretsManagerClientConfig['requestHandler']>

/** Seconds allow for a missing VPC endpoint: a route that leads nowhere must not delay a start for minutes. */
const patience = { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true }

export function awsRequestHandler(connection: SecretManagerConnection): RequestHandler {
  return { ...patience, httpAgent: new LoopbackAgent(), httpsAgent: new CloudAgent(connection) }
}
