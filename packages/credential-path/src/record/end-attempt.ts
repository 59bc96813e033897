/** The end of an attempt: its record goes into the ledger, and then into this node's log. */
import type { ProblemCode } from '@fairlead/contract/problems'
import type { PullRecord } from '@fairlead/contract/wire'
import { nodePullEvent } from './node-pull-event.ts'
import type { PullAttempt } from './pull-attempt.ts'

/** Throws if the record cannot be written; a failed attempt is in the log even then. */
export async function endAttempt(attempt: PullAttempt, code: ProblemCode | null): Promise<PullRecord> {
  const { parts, tally } = attempt
  const ended = attempt.record(parts.nodeId, code)
  let record: PullRecord
  try {
    record = await parts.ledger.append(ended)
  } catch (error) {
    if (code !== null) parts.onEnd?.(nodePullEvent(ended, null, tally, parts))
    throw error
  }
  parts.onEnd?.(nodePullEvent(record, record.sequence, tally, parts))
  return record
}
