/**
 * Sits in front of a control plane for a program that has no node key: a request that carries the mark in place of a signature is forwarded
 * with a signature made by the agent's own code. Everything else passes unchanged, so an unsigned request stays unsigned.
 */
import { request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { pipeline } from 'node:stream/promises'
import { nodeHeaders } from '@fairlead/contract/wire'
import { listen, readBody } from '@fairlead/testkit'
import type { NodeKey } from '../../../packages/agent/src/channel/node-key.ts'
import { NodeSessions } from '../../../packages/agent/src/channel/session.ts'
import { noSession, signRequest } from '../../../packages/agent/src/channel/signed-request.ts'

export interface SigningRelay extends AsyncDisposable {
  readonly origin: string
  /** To send as `fairlead-signature`. */
  readonly mark: string
  /** How often a request that it signed got this answer: `GET /api/v1/nodes/me/desired_state 200`. */
  readonly answers: ReadonlyMap<string, number>
}

export interface SigningRelayOptions {
  /** The control plane's name for itself, which is where it is reached. */
  readonly origin: string
  readonly nodeId: string
  readonly key: NodeKey
}

const mark = 'to-be-signed'
const sessionPath = '/api/v1/nodes/me/session'

export async function startSigningRelay({ origin, nodeId, key }: SigningRelayOptions): Promise<SigningRelay> {
  const identity = { nodeId, origin, key } as Parameters<typeof signRequest>[0]
  const never = new AbortController().signal
  const answers = new Map<string, number>()
  let stamped = 0
  /** All different: the control plane accepts each signature once. */
  const stamp = (): number => (stamped = Math.max(stamped + 1, Date.now()))

  const headersFor = (method: string, path: string, body: Uint8Array, session: string): Record<string, string> =>
    signRequest(identity, { method, path, body, session, timestamp: stamp() })
  const sessions = new NodeSessions({
    open: async () => {
      const headers = headersFor('POST', sessionPath, new Uint8Array(), noSession)
      const answer = await fetch(origin + sessionPath, { method: 'POST', headers })
      if (answer.status !== 201) throw new Error(`no session for the node: ${answer.status} ${await answer.text()}`)
      return ((await answer.json()) as { result: never }).result
    },
    now: Date.now,
    random: Math.random,
  })

  const count = (name: string): void => void answers.set(name, (answers.get(name) ?? 0) + 1)

  const relay = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url: path = '', rawHeaders } = request
    const body = await readBody(request)
    const headers = endToEnd(rawHeaders)
    const asks = request.headers[nodeHeaders.signature] === mark && path.startsWith('/api/v1/nodes/me/')
    if (asks) {
      const session = path === sessionPath ? noSession : await sessions.current(never)
      drop(headers, Object.values(nodeHeaders))
      headers.push(...Object.entries(headersFor(method, path, body, session)).flat())
    }
    const { hostname, port } = new URL(origin)
    const onward = send({ hostname, port, method, path, headers, setHost: false })
    onward.end(body)
    const [answer] = (await once(onward, 'response')) as [IncomingMessage]
    if (asks) count(`${method} ${path.split('?')[0]} ${answer.statusCode}`)
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', endToEnd(answer.rawHeaders))
    await pipeline(answer, response)
  }
  const server = await listen(relay)
  return {
    origin: server.origin,
    mark,
    answers,
    [Symbol.asyncDispose]: server.stop,
  }
}

const ofOneConnection = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'expect']

/** Alternating names and values, as Node reads and writes them. */
function endToEnd(rawHeaders: readonly string[]): string[] {
  const headers = [...rawHeaders]
  drop(headers, ofOneConnection)
  return headers
}

function drop(headers: string[], names: readonly string[]): void {
  for (let at = headers.length - 2; at >= 0; at -= 2) {
    if (names.includes(headers[at]?.toLowerCase() ?? '')) headers.splice(at, 2)
  }
}
