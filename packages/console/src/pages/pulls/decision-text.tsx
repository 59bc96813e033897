/** The decision of a pull, and the code it ended with, if any. */
import type { PullRecord } from '@fairlead/contract/wire'
import { ProblemLink } from '../../ui/problem-card.tsx'
import { StateBadge, toneOf } from '../../ui/state-badge.tsx'
import classes from './decision-text.module.css'

type Decided = Pick<PullRecord, 'decision' | 'code'>

export function DecisionText({ record }: { record: Decided }) {
  return (
    <span className={classes.decision}>
      <DecisionBadge record={record} />
      {record.code !== null && <ProblemLink code={record.code} />}
    </span>
  )
}

/** The login may have been good and the pull may still have failed: green would say too much. */
export function DecisionBadge({ record: { decision, code } }: { record: Decided }) {
  return <StateBadge state={decision} tone={code === null || decision === 'refused' ? toneOf(decision) : 'warn'} />
}
