/** How many nodes a cloud has, with a link to them. */
import { useQuery } from '@tanstack/react-query'
import { Skeleton } from '@mantine/core'
import { useSession } from '../../session/session.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { countNodes } from './count-nodes.ts'
import classes from './node-count.module.css'

const mostCounted = 1000

export function NodeCount({ cloudId }: { cloudId: string }) {
  const { client } = useSession()
  const { data, error } = useQuery({
    queryKey: ['nodes', 'count', cloudId],
    queryFn: ({ signal }) => client.nodes.list({ cloud_id: cloudId }, { signal }).take(mostCounted),
  })
  if (error !== null) return <ProblemCard error={error} />
  if (data === undefined) return <Skeleton height="1.5rem" width="16rem" />
  const isMore = data.metadata.next_paging_token !== null
  if (data.results.length === 0) return <p className={classes.none}>No machine has joined yet.</p>
  return (
    <p className={classes.counts}>
      {countNodes(data.results).map(([state, count]) => (
        <span key={state} className={classes.count}>
          <span className="numbers">{count}</span>
          <StateBadge state={state} />
        </span>
      ))}
      <TextLink to="/nodes" search={{ cloud_id: cloudId }}>
        {isMore ? `View nodes (more than ${mostCounted})` : 'View nodes'}
      </TextLink>
    </p>
  )
}
