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
import { joinAnswer, presentSession } from './join-answer.ts'
import { perform, respond, type Route } from '../http/route.ts'

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
    perform(
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
        const joined = await parts.store.write(async (transaction) => {
          const made = await joinNode(transaction, body, clock())
          transaction.afterCommit(() => parts.onJoined(made.node.id))
          return made
        })
        return { result: joinAnswer(joined, parts.origin) }
      },
    ),
    perform(
      {
        path: '/api/v1/nodes/me/session',
        access: 'node-key',
        summary: 'Open a session of 15 minutes',
        status: 201,
        answer: single(NodeSession),
        bodyLimit: strangerLimit,
      },
      async ({ caller }) => {
        const session = newSession(caller.id, clock())
        await sessions.add(session)
        return { result: presentSession(session) }
      },
    ),
    perform(
      {
        path: '/api/v1/nodes/me/leave',
        access: 'node',
        summary: 'Leave: stop being a node; refused while a cluster uses it',
        status: 204,
        problems: ['NODE_HOLDS_CLUSTER'],
      },
      async ({ caller, request }) => {
        await parts.store.write((transaction) =>
          leaveNode(transaction, caller.id, { presence, schedule, now: clock(), requestId: request.id }),
        )
      },
    ),
    respond(
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
    perform(
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
        const isNews = !(await lastReports.isHeartbeat(caller.id, body))
        if (isNews) await reports.add({ nodeId: caller.id, report: body })
        return { acknowledged: body.report_id }
      },
    ),
  ]
}
