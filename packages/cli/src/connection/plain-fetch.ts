/** Plain http, for loopback only and only from a trusted user's server: otherwise any local user could bind the port and receive the token. */
import { Agent, request, type ClientRequestArgs } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { trustedServerConnector, type JudgeUser } from '@fairlead/credential-path/loopback'
import type { Fetch } from '@fairlead/sdk'
import type { buildConnector } from 'undici'
import { httpFetch } from './http-fetch.ts'

const judgeWithinMs = 10_000

export function fetchInPlain(judge: JudgeUser): Fetch {
  const agent = new TrustingAgent(judge)
  return httpFetch((url, options) => request(url, { ...options, agent }))
}

/** Its requests get a connection only once its server is known to be trusted. */
class TrustingAgent extends Agent {
  readonly #open: buildConnector.connector

  constructor(judge: JudgeUser) {
    super({ keepAlive: true })
    this.#open = trustedServerConnector(connectPlainly, judge, judgeWithinMs)
  }

  override createConnection(options: ClientRequestArgs, callback: (error: Error | null, stream: Duplex) => void): null {
    const { host, port } = options
    this.#open({ protocol: 'http:', hostname: String(host), port: String(port) }, callback as buildConnector.Callback)
    return null
  }
}

function connectPlainly({ hostname, port }: buildConnector.Options, callback: buildConnector.Callback): void {
  const socket = connect({ host: hostname, port: Number(port) })
  const failed = (error: Error) => callback(error, null)
  socket.once('error', failed)
  socket.once('connect', () => {
    // It may also fail while its server is judged, before a request listens.
    socket.on('error', () => undefined)
    socket.off('error', failed)
    callback(null, socket)
  })
}
