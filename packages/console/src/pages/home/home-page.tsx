/** Where one begins: what needs attention and how the fleet is; until the first cluster has run, the five steps to it. */
import { expiresSoon, type Page as PageOf } from '@fairlead/contract/wire'
import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../session/session.tsx'
import { serverNow } from '../../session/server-clock.ts'
import { useTokens } from '../../resources/use-tokens.ts'
import { useClouds } from '../../queries/use-clouds.ts'
import { Page, Section } from '../../ui/page.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { startOf } from '../pulls/period.ts'
import { ActivityCharts } from './activity-charts.tsx'
import { concernsOf, type Concern, type Found } from './attention.ts'
import { doneSteps } from './first-steps.ts'
import { FirstStepsList } from './first-steps-list.tsx'
import classes from './home-page.module.css'

const named = 3

export function HomePage() {
  const overview = useOverview()
  const { error, concerns, done, counts } = overview
  if (error !== null) {
    return (
      <Page title="Overview">
        <ProblemCard error={error} />
      </Page>
    )
  }
  if (concerns === null || done === null || counts === null) {
    return (
      <Page title="Overview">
        <div aria-busy>
          <Skeleton height="12rem" />
        </div>
      </Page>
    )
  }
  const isNew = !done.has('cluster')
  return (
    <Page title="Overview" tab={concerns.length === 0 ? 'Overview' : `(${concerns.length}) Overview`}>
      {isNew && <FirstStepsList done={done} />}
      {(!isNew || concerns.length > 0) && (
        <Section title="Needs attention">
          <Concerns concerns={concerns} />
        </Section>
      )}
      {!isNew && <Counts counts={counts} />}
      {!isNew && (
        <Section title="Last 24 hours">
          <ActivityCharts />
        </Section>
      )}
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

interface FleetCounts {
  readonly running: number
  readonly online: number
  readonly environments: number
}

function Counts({ counts: { running, online, environments } }: { counts: FleetCounts }) {
  return (
    <dl className={classes.counts}>
      <div>
        <dt>
          <TextLink to="/clusters" search={{ state: 'Running' }}>
            Running clusters
          </TextLink>
        </dt>
        <dd>{running}</dd>
      </div>
      <div>
        <dt>
          <TextLink to="/nodes" search={{ state: 'online' }}>
            Nodes online
          </TextLink>
        </dt>
        <dd>{online}</dd>
      </div>
      <div>
        <dt>
          <TextLink to="/cluster-environments">Environments</TextLink>
        </dt>
        <dd>{environments}</dd>
      </div>
    </dl>
  )
}

/** Each question is a list of which only the length and the first names are read; its key makes it refetch as the list itself would. */
function useOverview() {
  const { client } = useSession()
  const clouds = useClouds()
  // Only an admin may list them, and only an admin can replace one.
  const expiring = useTokens().filter((token) => token.role === 'admin' && expiresSoon(token, serverNow()))
  const first = { count: named }
  const lost = useQuery({
    queryKey: ['nodes', 'overview', 'lost'],
    queryFn: ({ signal }) => client.nodes.list({ state: 'lost', with_total: true }, { signal }).page(first),
  })
  const online = useQuery({
    queryKey: ['nodes', 'overview', 'online'],
    queryFn: ({ signal }) => client.nodes.list({ state: 'online', with_total: true }, { signal }).page({ count: 1 }),
  })
  const ailing = useQuery({
    queryKey: ['clusters', 'overview', 'ailing'],
    queryFn: ({ signal }) => client.clusters.list({ has_problem: true, with_total: true }, { signal }).page(first),
  })
  const newest = useQuery({
    queryKey: ['clusters', 'overview', 'newest'],
    queryFn: ({ signal }) => client.clusters.list({}, { signal }).page(),
  })
  const running = useQuery({
    queryKey: ['clusters', 'overview', 'running'],
    queryFn: ({ signal }) =>
      client.clusters.list({ state: 'Running', with_total: true }, { signal }).page({ count: 1 }),
  })
  const environments = useQuery({
    queryKey: ['cluster-environments', 'overview', 'all'],
    queryFn: ({ signal }) => client.clusterEnvironments.list({ with_total: true }, { signal }).page({ count: 20 }),
  })
  const failing = useQuery({
    queryKey: ['cluster-environments', 'overview', 'failing'],
    queryFn: ({ signal }) =>
      client.clusterEnvironments.list({ build_status: 'failed', with_total: true }, { signal }).page(first),
  })
  const low = useQuery({
    queryKey: ['cluster-environments', 'overview', 'low'],
    queryFn: ({ signal }) =>
      client.clusterEnvironments.list({ advice: 'RATE_LIMIT_LOW', with_total: true }, { signal }).page(first),
  })
  const refused = useQuery({
    queryKey: ['pulls', 'overview', 'refused'],
    queryFn: ({ signal }) =>
      client.pulls
        .list({ decision: 'refused', since: startOf('24h', serverNow()), with_total: true }, { signal })
        .page({ count: 1 }),
  })
  const plane = useQuery({
    queryKey: ['control-plane'],
    queryFn: ({ signal }) => client.controlPlane({ signal }),
  })
  const all = [lost, online, ailing, newest, running, environments, failing, low, refused, plane, clouds]
  const error = all.find((query) => query.error !== null)?.error ?? null
  const isHere =
    lost.data !== undefined &&
    ailing.data !== undefined &&
    failing.data !== undefined &&
    low.data !== undefined &&
    refused.data !== undefined &&
    plane.data !== undefined
  const concerns = isHere
    ? concernsOf(
        {
          lostNodes: foundIn(lost.data),
          ailingClusters: foundIn(ailing.data),
          failingBuilds: foundIn(failing.data),
          lowBudgets: foundIn(low.data),
          refusedPulls: refused.data.metadata.total ?? 0,
          expiringAdmins: { total: expiring.length, first: expiring.slice(0, named) },
          certificate: plane.data.certificate,
        },
        serverNow(),
      )
    : null
  const isCounted =
    online.data !== undefined &&
    running.data !== undefined &&
    newest.data !== undefined &&
    environments.data !== undefined &&
    !clouds.isPending
  const onlineNodes = online.data?.metadata.total ?? 0
  return {
    error: concerns === null || !isCounted ? error : null,
    concerns,
    counts: isCounted
      ? {
          running: running.data.metadata.total ?? 0,
          online: onlineNodes,
          environments: environments.data.metadata.total ?? 0,
        }
      : null,
    done: isCounted
      ? doneSteps({
          clouds: clouds.all.length,
          onlineNodes,
          environments: environments.data.results,
          clusters: newest.data.results,
        })
      : null,
  }
}

function foundIn({ results, metadata }: PageOf<{ readonly id: string; readonly name: string }>): Found {
  return { total: metadata.total ?? results.length, first: results }
}
