/** How the AWS SDK's clients talk to AWS: through the owner's proxy and authorities, within seconds. */
import type { SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager'
import { CloudAgent } from '../cloud-agent.ts'
import { LoopbackAgent } from '../loopback-agent.ts'
import type { SecretManagerConnection } from '../secret-manager-connection.ts'

/** The same for every service: the credential chain reuses it for the services it asks itself, such as STS for a web identity. */
type RequestHandler = NonNullable<SecretsManagerClientConfig['requestHandler']>

/** Seconds allow for a missing VPC endpoint: a route that leads nowhere must not delay a start for minutes. */
const patience = { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true }

/** `silenceMs`: after which an answer that has stopped midway is given up, so that the SDK asks again (R5). */
export function awsRequestHandler(connection: SecretManagerConnection, silenceMs = 10_000): RequestHandler {
  return {
    ...patience,
    socketTimeout: silenceMs,
    httpAgent: new LoopbackAgent(),
    httpsAgent: new CloudAgent(connection),
  }
}
