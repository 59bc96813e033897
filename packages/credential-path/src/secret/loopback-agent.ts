/**
 * Plain http for clients of a cloud, whoever told them the address: an environment variable or a configuration file. Off loopback nothing is
 * sent, since the secret would come back readable, and a token of the machine would go out so (S2).
 */
import { Agent, type ClientRequestArgs } from 'node:http'
import { isIPv6 } from 'node:net'
import type { Duplex } from 'node:stream'
import { isLoopback } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'

export class LoopbackAgent extends Agent {
  constructor() {
    // Nor by a proxy: it would be one between this machine and itself.
    super({ keepAlive: true, proxyEnv: {} })
  }

  override createConnection(
    options: ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const host = options.host ?? ''
    if (!isLoopback(isIPv6(host) ? `[${host}]` : host)) throw problem('SECRET_MANAGER_PLAIN_HTTP', { host })
    return super.createConnection(options, callback)
  }
}
