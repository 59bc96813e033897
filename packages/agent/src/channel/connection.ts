/** HTTP to the control plane: one origin, verified TLS, no redirects, no compression, answers limited in size; every failure is a Problem. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { problem, tlsFault, tlsProblem, type Problem } from '@fairlead/contract/problems'
import { version } from '@fairlead/contract/release'
import { versionHeader } from '@fairlead/contract/wire'
import { buildConnector, Pool } from 'undici'
import { trustedControlPlane } from '@fairlead/credential-path/loopback/control-plane-user'
import { trustedServerConnector, type JudgeUser } from '@fairlead/credential-path/loopback/trusted-server'
import { bytesUpTo } from '@fairlead/credential-path/process/bytes-up-to'
import { tlsConnector } from '@fairlead/credential-path/process/tls-connector'
import { parseControlPlaneAddress, type ControlPlaneAddress } from './control-plane-address.ts'
import type { NodeIdentity } from './node-identity.ts'

export interface ChannelRequest {
  readonly method: 'GET' | 'POST'
  /** Path with query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly limitBytes: number
  readonly timeoutMs: number
}

export interface ChannelAnswer {
  readonly status: number
  readonly body: Uint8Array
  header(name: string): string | null
}

/** A control plane that starts with ten thousand nodes waiting needs a while to answer the last of them; giving up would make it answer in vain. */
const connectMs = 30_000
/** A second connection is not kept for the next report, whatever the other side would allow: it costs the control plane as much as another node. */
const idleMs = 4_000

export interface Connection extends AsyncDisposable {
  /** Throws CONTROL_PLANE_UNREACHABLE, CONTROL_PLANE_TLS, CONTROL_PLANE_OF_ANOTHER_USER or CONTROL_PLANE_ANSWER_INVALID; when aborted, the signal's reason. */
  send(request: ChannelRequest, signal: AbortSignal): Promise<ChannelAnswer>
}

/** With `caPem` only that CA can vouch for the control plane, not the system's CAs. Over plain http the server's user vouches for it. */
export function connectTo(
  address: ControlPlaneAddress,
  caPem: string | null,
  judgeUser: JudgeUser = trustedControlPlane(address.shown, null),
): Connection {
  const pool = new Pool(address.origin, {
    // A long poll holds one; a report that cannot wait for it briefly opens a second.
    connections: 2,
    pipelining: 1,
    // On a shared connection, a report would fail whenever the waiting poll fails.
    allowH2: false,
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: idleMs,
    connect: address.secure
      ? tlsConnector({ timeout: connectMs, ...(caPem !== null && { ca: caPem }) })
      : trustedServerConnector(buildConnector({ timeout: connectMs, allowH2: false }), judgeUser, connectMs),
  })
  return {
    send: (request, signal) => send(pool, address, request, signal),
    [Symbol.asyncDispose]: () => pool.destroy(),
  }
}

/** Signed as the joined node. */
export function connectAs({ host, caPem, hostUser }: Pick<NodeIdentity, 'host' | 'caPem' | 'hostUser'>): Connection {
  const address = parseControlPlaneAddress(host)
  return connectTo(address, caPem, trustedControlPlane(address.shown, hostUser))
}

async function send(
  pool: Pool,
  address: ControlPlaneAddress,
  request: ChannelRequest,
  signal: AbortSignal,
): Promise<ChannelAnswer> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(request.timeoutMs)])
  try {
    const answer = await pool.request({
      method: request.method,
      path: request.path,
      headers: {
        accept: 'application/json',
        'accept-encoding': 'identity',
        [versionHeader]: version,
        ...(request.body !== null && { 'content-type': 'application/json' }),
        ...request.headers,
      },
      body: request.body,
      signal: deadline,
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    const header = (name: string) => {
      const value = answer.headers[name]
      return typeof value === 'string' ? value : null
    }
    const invalid = () => problem('CONTROL_PLANE_ANSWER_INVALID', { host: address.shown })
    const encoding = header('content-encoding')
    if (encoding !== null && encoding !== 'identity') {
      // Without a listener, the stream's own error would end the process.
      answer.body.on('error', () => undefined).destroy()
      throw invalid()
    }
    const body = await bytesUpTo(request.limitBytes, answer.body, invalid)
    // The pool frees a connection only then; until then, it would open a second one for what is sent next.
    await nextTurn()
    return { status: answer.statusCode, body, header }
  } catch (error) {
    signal.throwIfAborted()
    throw connectionProblem(error, address)
  }
}

/** Drops the library's own message, which may quote what was sent. */
export function connectionProblem(error: unknown, address: ControlPlaneAddress): Problem | Error {
  if (error instanceof Error && error.name === 'Problem') return error
  const fault = tlsFault(error)
  const host = address.shown
  return fault === null ? problem('CONTROL_PLANE_UNREACHABLE', { host }) : tlsProblem({ host }, fault)
}
