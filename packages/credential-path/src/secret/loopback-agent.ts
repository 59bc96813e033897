/**
 * Plain http for cloud clients, whether the address came from an environment variable or a configuration file. Off loopback nothing is
 * sent, since the secret would come back readable, and a token of the machine would be sent in the clear (S2).
 */
import { Agent, type ClientRequestArgs } from 'node:http'
import { isIPv6 } from 'node:net'
import type { Duplex } from 'node:stream'
import { isLoopback } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'

export class LoopbackAgent extends Agent {
  constructor() {
    // No proxy either: it would be between this machine and itself.
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
