/** The nodes' side of one process: it recognises them, holds their polls and takes their reports, and forgets what a commit changed, here or on another replica. */
import type { NodeId } from '@fairlead/contract/names'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import type { Waiters } from '../events/waiters.ts'
import { LongPoll } from '../http/long-poll.ts'
import { NodeRecogniser } from '../identity/node-caller.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Schedule } from '../schedule.ts'
import { GroupCommit, type Commit } from '../store/group-commit.ts'
import type { NodeSessionRecord } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { commitReports } from './commit-reports.ts'
import { DesiredStates } from './desired-states.ts'
import { LastReports } from './last-reports.ts'
import type { Presence } from './presence.ts'
import type { SentReport } from './take-report.ts'

export interface OpenChannelParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  readonly origin: string
  readonly presence: Presence
  readonly schedule: Schedule
  readonly waiters: Waiters<NodeId>
  readonly metrics: Metrics
  readonly onFault: (error: unknown) => void
}

export interface NodeChannel {
  readonly recogniser: NodeRecogniser
  readonly longPoll: LongPoll
  readonly lastReports: LastReports
  readonly sessions: GroupCommit<NodeSessionRecord>
  readonly reports: GroupCommit<SentReport>
}

export function openNodeChannel(parts: OpenChannelParts): NodeChannel {
  const { store, clock, log, origin, presence, schedule, waiters, metrics, onFault } = parts
  const recogniser = new NodeRecogniser({
    store,
    clock,
    origin,
    onHeard: (id) => presence.heard(id),
    mayRemember: () => store.peers?.listening ?? true,
  })
  const lastReports = new LastReports(store)
  const states = new DesiredStates(store, clock)
  store.onCommit(({ nodes, revoked }) => {
    for (const id of revoked) {
      recogniser.forget(id)
      presence.forget(id)
      lastReports.forget(id)
      states.forget(id)
    }
    for (const id of nodes) {
      lastReports.forget(id)
      states.forget(id)
      waiters.wake(id)
    }
  })
  store.onGap(() => {
    recogniser.forgetAll()
    lastReports.forgetAll()
    states.forgetAll()
    waiters.wakeAll()
  })

  const takeAll = commitReports({
    clock,
    presence,
    schedule,
    lastReports,
    onPull: (event) => {
      metrics.pulled(event)
      log.info(event, 'pull')
    },
    onCheck: (outcome) => metrics.checked(outcome),
  })
  const onGroup = (size: number) => metrics.grouped(size)
  return {
    recogniser,
    lastReports,
    longPoll: new LongPoll({
      states,
      waiters,
      onFault,
      fleet: () => presence.size,
      onAnswer: (status) =>
        metrics.answered({ method: 'GET', route: '/api/v1/nodes/me/desired_state', status, seconds: 0 }),
    }),
    sessions: new GroupCommit(store, insertSessions, onGroup),
    reports: new GroupCommit(store, takeAll, onGroup),
  }
}

const insertSessions: Commit<NodeSessionRecord> = async (transaction, made) => {
  for (const session of made) await transaction.sessions.insert(session)
}
