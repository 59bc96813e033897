/** Writes the reports that arrived together, and then decides once what follows from all of them: the states of clusters, and what their clouds may start. */
import type { CloudId, ClusterId } from '@fairlead/contract/names'
import type { Clock } from '../clock.ts'
import { rejudge } from '../clusters/rejudge.ts'
import type { Schedule } from '../schedule.ts'
import type { Commit } from '../store/group-commit.ts'
import type { LastReports } from './last-reports.ts'
import type { Presence } from './presence.ts'
import { takeReports, type ReportParts, type SentReport } from './take-report.ts'

export interface CommitReportsParts extends Omit<ReportParts, 'now'> {
  readonly clock: Clock
  readonly presence: Presence
  readonly schedule: Schedule
  readonly lastReports: Pick<LastReports, 'remember'>
}

export function commitReports({
  clock,
  presence,
  schedule,
  lastReports,
  ...told
}: CommitReportsParts): Commit<SentReport> {
  return async (transaction, reports) => {
    const clusters = new Set<ClusterId>()
    const clouds = new Set<CloudId>()
    for (const part of eachNodeOnce(reports)) {
      for (const { clusterId, cloudId } of await takeReports(transaction, part, { now: clock(), ...told })) {
        if (clusterId !== null) clusters.add(clusterId)
        if (cloudId !== null) clouds.add(cloudId)
      }
    }
    for (const id of clusters) {
      const freed = await rejudge(transaction, id, presence, clock())
      if (freed !== null) clouds.add(freed)
    }
    for (const id of clouds) await schedule(transaction, id)
    transaction.afterCommit(() => {
      for (const { nodeId, report } of reports) lastReports.remember(nodeId, report)
    })
  }
}

/** An agent that was not answered in time sends its report again, possibly into the same group: in order, and in parts that name no node twice. */
export function eachNodeOnce(reports: readonly SentReport[]): SentReport[][] {
  const parts: Map<SentReport['nodeId'], SentReport>[] = []
  for (const sent of reports) {
    const free = parts.find((part) => !part.has(sent.nodeId))
    if (free !== undefined) free.set(sent.nodeId, sent)
    else parts.push(new Map([[sent.nodeId, sent]]))
  }
  return parts.map((part) => [...part.values()])
}
