/** The node's signed requests to its control plane: session, desired state, reports. */
import { type SessionId } from '@fairlead/contract/names'
import { isProblem } from '@fairlead/contract/problems'
import { NodeSession, type Report, ReportAnswer } from '@fairlead/contract/wire'
import { notUnderstood, readJson, readResult } from './answer.ts'
import type { ChannelAnswer, Connection } from './connection.ts'
import type { NodeIdentity } from './node-identity.ts'
import { NodeSessions } from './session.ts'
import { noSession, signRequest } from './signed-request.ts'

const desiredStateLimitBytes = 1024 * 1024
const answerLimitBytes = 64 * 1024
const timeoutMs = 30_000

export interface NodeChannel {
  /** Throws the control plane's objection to this node: NODE_REVOKED or NODE_FORGOTTEN. */
  greet(signal: AbortSignal): Promise<void>
  /** Ends the node; throws NODE_HOLDS_CLUSTER. */
  leave(signal: AbortSignal): Promise<void>
  /** Waits at the control plane for a state other than `etag`, for up to `waitSeconds`. The answer is raw: 200 or 304. */
  desiredState(etag: string | null, waitSeconds: number, signal: AbortSignal): Promise<ChannelAnswer>
  /** Returns once the report is stored durably. */
  report(report: Report, signal: AbortSignal): Promise<void>
}

interface SignedRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body: string | null
  readonly headers?: Readonly<Record<string, string>>
  readonly limitBytes?: number
  readonly timeoutMs?: number
}

export interface ChannelOptions {
  readonly now?: () => number
  readonly random?: () => number
  /** Called with the seconds by which this machine's clock is ahead of the control plane's whenever that has changed and requests were refused for it. */
  readonly onClockOff?: (seconds: number) => void
}

export function openChannel(
  identity: NodeIdentity,
  connection: Connection,
  { now = Date.now, random = Math.random, onClockOff = () => undefined }: ChannelOptions = {},
): NodeChannel {
  // The control plane's time minus this machine's; learned only when a signature is refused (R7).
  let offsetMs = 0
  const host = identity.host

  let stamped = 0
  /** Never repeats: the control plane accepts each signature once. */
  const stamp = (): number => {
    const time = Math.round(now() + offsetMs)
    stamped = time === stamped ? time + 1 : time
    return stamped
  }

  const sendOnce = (request: SignedRequest, session: string, signal: AbortSignal) =>
    connection.send(
      {
        method: request.method,
        path: request.path,
        headers: {
          ...request.headers,
          ...signRequest(identity, {
            method: request.method,
            path: request.path,
            body: request.body,
            session,
            timestamp: stamp(),
          }),
        },
        body: request.body,
        limitBytes: request.limitBytes ?? answerLimitBytes,
        timeoutMs: request.timeoutMs ?? timeoutMs,
      },
      signal,
    )

  /** Adopts the time of an answer; false if requests were already stamped with it. */
  const adoptTime = (answer: ChannelAnswer): boolean => {
    const ahead = Date.parse(answer.header('date') ?? '') - now()
    if (Number.isNaN(ahead) || Math.abs(ahead - offsetMs) <= 60_000) return false
    offsetMs = ahead
    onClockOff(Math.round(-ahead / 1000))
    return true
  }

  /** What was refused and had another time than the control plane is sent once more. */
  const send = async (request: SignedRequest, session: string, signal: AbortSignal): Promise<ChannelAnswer> => {
    const answer = await sendOnce(request, session, signal)
    return answer.status === 401 && adoptTime(answer) ? sendOnce(request, session, signal) : answer
  }

  const open = async (signal: AbortSignal): Promise<NodeSession> => {
    const request: SignedRequest = { method: 'POST', path: '/api/v1/nodes/me/session', body: null }
    return readResult(await send(request, noSession, signal), NodeSession, host)
  }
  const sessions = new NodeSessions({ open, now, random })

  /** Renews once if the session is no longer known; whatever comes next is the answer. */
  const sendInSession = async (request: SignedRequest, signal: AbortSignal): Promise<ChannelAnswer> => {
    const session = await sessions.current(signal)
    const answer = await send(request, session, signal)
    if (answer.status !== 401) return answer
    forgetIfEnded(sessions, session, answer, host)
    return send(request, await sessions.current(signal), signal)
  }

  return {
    async greet(signal) {
      await sessions.current(signal)
    },
    async leave(signal) {
      const answer = await sendInSession({ method: 'POST', path: '/api/v1/nodes/me/leave', body: '{}' }, signal)
      if (answer.status !== 204) readJson(answer, host)
    },
    async desiredState(etag, waitSeconds, signal) {
      return sendInSession(
        {
          method: 'GET',
          path: `/api/v1/nodes/me/desired_state?wait=${waitSeconds}`,
          body: null,
          headers: etag === null ? {} : { 'if-none-match': etag },
          limitBytes: desiredStateLimitBytes,
          timeoutMs: waitSeconds * 1000 + timeoutMs,
        },
        signal,
      )
    },
    async report(report, signal) {
      const body = JSON.stringify(report)
      const answer = await sendInSession({ method: 'POST', path: '/api/v1/nodes/me/reports', body }, signal)
      const said = ReportAnswer.safeParse(readJson(answer, host))
      if (said.data?.acknowledged !== report.report_id) throw notUnderstood(answer, host)
    },
  }
}

/** A refused signature does not mean that the session ended: it throws, since a new session would not help. */
function forgetIfEnded(sessions: NodeSessions, session: SessionId, answer: ChannelAnswer, host: string): void {
  try {
    readJson(answer, host)
  } catch (error) {
    if (!isProblem(error, 'NODE_SESSION_EXPIRED')) throw error
    sessions.forget(session)
  }
}
