/** Where one begins: what needs attention and how the fleet is; until the first cluster has run, the five steps to it. */
import type { Overview } from '@fairlead/contract/wire'
import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../session/session.tsx'
import { serverNow } from '../../session/server-clock.ts'
import { countText } from '../../queries/use-long-list.ts'
import { Page, Section } from '../../ui/page.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { ActivityCharts } from './activity-charts.tsx'
import { concernsOf, type Concern } from './attention.ts'
import { FirstStepsList } from './first-steps-list.tsx'
import classes from './home-page.module.css'

export function HomePage() {
  const { client } = useSession()
  const { data: overview, error } = useQuery({
    queryKey: ['overview'],
    queryFn: ({ signal }) => client.overview({ signal }),
  })
  if (overview === undefined) {
    return (
      <Page title="Overview">
        {error === null ? (
          <div aria-busy>
            <Skeleton height="12rem" />
          </div>
        ) : (
          <ProblemCard error={error} />
        )}
      </Page>
    )
  }
  const concerns = concernsOf(overview, serverNow())
  const isNew = !overview.done_steps.includes('cluster')
  // Engines pull through doors without any cluster of Fairlead.
  const hasNothingYet = isNew && overview.activity.hours.every(({ mean_ms }) => mean_ms === null)
  return (
    <Page title="Overview" tab={concerns.length === 0 ? 'Overview' : `(${concerns.length}) Overview`}>
      {(!hasNothingYet || concerns.length > 0) && (
        <Section title="Needs attention">
          <Concerns concerns={concerns} />
        </Section>
      )}
      {!hasNothingYet && (
        <>
          <Counts overview={overview} />
          <Section title="Last 24 hours">
            <ActivityCharts activity={overview.activity} />
          </Section>
        </>
      )}
      {isNew && <FirstStepsList done={new Set(overview.done_steps)} />}
    </Page>
  )
}

function Concerns({ concerns }: { concerns: readonly Concern[] }) {
  if (concerns.length === 0)
    return <p className={classes.calm}>Nothing. Every cluster, node and newest build is well.</p>
  return (
    <ul className={classes.concerns}>
      {concerns.map(({ key, tone, text, names, link }) => (
        <li key={key} data-tone={tone}>
          <span className={classes.dot} aria-hidden />
          <span>
            {link === null ? text : <TextLink {...link}>{text}</TextLink>}
            {names !== '' && <span className="quiet">: {names}</span>}
          </span>
        </li>
      ))}
    </ul>
  )
}

function Counts({ overview }: { overview: Overview }) {
  return (
    <dl className={classes.counts}>
      <div>
        <dt>
          <TextLink to="/clusters" search={{ state: 'Running' }}>
            Running clusters
          </TextLink>
        </dt>
        <dd>{countText(overview.running_clusters)}</dd>
      </div>
      <div>
        <dt>
          <TextLink to="/nodes" search={{ state: 'online' }}>
            Nodes online
          </TextLink>
        </dt>
        <dd>{countText(overview.online_nodes)}</dd>
      </div>
      <div>
        <dt>
          <TextLink to="/cluster-environments">Environments</TextLink>
        </dt>
        <dd>{countText(overview.cluster_environments)}</dd>
      </div>
    </dl>
  )
}
