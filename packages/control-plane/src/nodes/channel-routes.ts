/** The agent's channel: join, session, desired state, reports. All but the join are signed with the node's key. */
import type { NodeId } from '@fairlead/contract/names'
import {
  DesiredState,
  JoinAnswer,
  JoinRequest,
  NodeSession,
  Report,
  ReportAnswer,
  single,
} from '@fairlead/contract/wire'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { GroupCommit } from '../store/group-commit.ts'
import type { Presence } from './presence.ts'
import type { Schedule } from '../schedule.ts'
import type { LastReports } from './last-reports.ts'
import { leaveNode } from './leave.ts'
import type { SentReport } from './take-report.ts'
import { joinNode, newSession, requireGoodToken } from '../identity/join.ts'
import type { NodeSessionRecord } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { alreadySent } from '../http/already-sent.ts'
import type { LongPoll } from '../http/long-poll.ts'
import { presentSession } from './present-session.ts'
import { respond, type Route } from '../http/route.ts'

export interface NodeChannelParts {
  readonly store: Store
  readonly clock: Clock
  readonly origin: string
  readonly presence: Presence
  readonly schedule: Schedule
  readonly sessions: GroupCommit<NodeSessionRecord>
  readonly reports: GroupCommit<SentReport>
  readonly longPoll: LongPoll
  readonly lastReports: LastReports
  readonly onJoined: (nodeId: NodeId) => void
}

const WaitQuery = z.strictObject({ wait: z.coerce.number().int().min(0).max(60).default(0) })
const reportLimit = 1024 * 1024
/** Anyone may ask to join, and whoever knows a node's id for a session: the body limit is the size of a join. */
const strangerLimit = 4 * 1024

export function nodeChannelRoutes(parts: NodeChannelParts): Route[] {
  const { clock, sessions, reports, lastReports, schedule, presence } = parts
  return [
    respond(
      'post',
      {
        path: '/api/v1/nodes/join',
        access: 'public',
        summary: 'Join a cloud with a single-use token',
        body: JoinRequest,
        status: 201,
        answer: single(JoinAnswer),
        problems: [
          'JOIN_TOKEN_INVALID',
          'JOIN_TOKEN_EXPIRED',
          'JOIN_TOKEN_USED',
          'JOIN_PROVIDER_DIFFERS',
          'JOIN_BY_PROOF',
          'NAME_IN_USE',
          'TOO_MANY_ATTEMPTS',
        ],
        bodyLimit: strangerLimit,
      },
      async ({ body }, reader) => {
        await requireGoodToken(reader, body.token, clock())
        const { node, session } = await parts.store.write(async (transaction) => {
          const joined = await joinNode(transaction, body, clock())
          transaction.afterCommit(() => parts.onJoined(joined.node.id))
          return joined
        })
        const answer = {
          node_id: node.id,
          name: node.name,
          cloud_id: node.cloud_id,
          origin: parts.origin,
          session: presentSession(session),
        }
        const shown = single(JoinAnswer).parse({ result: answer })
        return Response.json(shown, { status: 201 })
      },
    ),
    respond(
      'post',
      {
        path: '/api/v1/nodes/me/session',
        access: 'node-key',
        summary: 'Open a session of 15 minutes',
        body: z.strictObject({}),
        status: 201,
        answer: single(NodeSession),
        bodyLimit: strangerLimit,
      },
      async ({ caller }) => {
        const session = newSession(caller.id, clock())
        await sessions.add(session)
        return Response.json(single(NodeSession).parse({ result: presentSession(session) }), { status: 201 })
      },
    ),
    respond(
      'post',
      {
        path: '/api/v1/nodes/me/leave',
        access: 'node',
        summary: 'Leave: stop being a node; refused while a cluster uses it',
        body: z.strictObject({}),
        status: 204,
        problems: ['NODE_HOLDS_CLUSTER'],
      },
      async ({ caller, request }) => {
        await parts.store.write((transaction) =>
          leaveNode(transaction, caller.id, { presence, schedule, now: clock(), requestId: request.id }),
        )
        return new Response(null, { status: 204 })
      },
    ),
    respond(
      'get',
      {
        path: '/api/v1/nodes/me/desired_state',
        access: 'node',
        summary:
          'What this node should do; waits for a change if If-None-Match names the newest state (304 on timeout)',
        query: WaitQuery,
        status: 200,
        answer: single(DesiredState),
      },
      async ({ caller, query, request }) => {
        parts.longPoll.answer(request.takeResponse(), {
          nodeId: caller.id,
          known: request.header('if-none-match') ?? null,
          waitSeconds: query.wait,
          requestId: request.id,
        })
        return alreadySent
      },
    ),
    respond(
      'post',
      {
        path: '/api/v1/nodes/me/reports',
        access: 'node',
        summary: 'Report the state of the node; answered once it is stored durably',
        body: Report,
        status: 200,
        answer: ReportAnswer,
        bodyLimit: reportLimit,
      },
      async ({ caller, body }) => {
        const acknowledged = ReportAnswer.parse({ acknowledged: body.report_id })
        if (await lastReports.isHeartbeat(caller.id, body)) return Response.json(acknowledged)
        await reports.add({ nodeId: caller.id, report: body })
        return Response.json(acknowledged)
      },
    ),
  ]
}
