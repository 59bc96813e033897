/** How cloud services are reached over TLS, for any client: through the owner's proxy and authorities, and through none from the environment. */
import { Agent, type AgentOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import { noteCertificateDay } from '../process/certificate-day.ts'
import type { SecretManagerConnection } from './secret-manager-connection.ts'

/** As many connections as the AWS SDK allows itself. */
const maxSockets = 50

export class CloudAgent extends Agent {
  constructor({ proxy, ca }: SecretManagerConnection) {
    // Node reads no proxy from the environment for an agent that was not configured to.
    const proxyEnv = proxy === null ? {} : { HTTPS_PROXY: proxy.href }
    super({ keepAlive: true, maxSockets, proxyEnv, ...(ca !== null && { ca }) })
  }

  override createConnection(
    options: AgentOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const socket = super.createConnection(options, callback)
    noteCertificateDay(socket)
    return socket
  }
}
