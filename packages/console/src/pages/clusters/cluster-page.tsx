/** One cluster, live: what it is doing, how to reach it, each of its nodes step by step, and where the time went. */
import type { Cluster, ClusterNode } from '@fairlead/contract/wire'
import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { clusterQuery } from '../../queries/resource-queries.ts'
import { useSession } from '../../session/session.tsx'
import { WaterfallChart } from '../../steps/waterfall-chart.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { stateWords } from '../../ui/state-badge.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { ClusterActions } from './cluster-actions.tsx'
import { ClusterFacts } from './cluster-facts.tsx'
import { ClusterStateBadge } from './cluster-state.tsx'
import { countOf, inOrder, isOver, leadOf } from './cluster-words.ts'
import { clustersPath } from './clusters-path.ts'
import { ConnectSection } from './connect-section.tsx'
import { NodesSection } from './nodes-section.tsx'
import classes from './cluster-page.module.css'

const route = getRouteApi('/clusters/$id')

export function ClusterPage() {
  const { id } = route.useParams()
  const { client } = useSession()
  const { data: cluster, error } = useQuery(clusterQuery(client, id))
  if (cluster === undefined) {
    return (
      <Page title="Cluster" path={clustersPath}>
        {error === null ? <PendingCluster /> : <ProblemCard error={error} />}
      </Page>
    )
  }
  return (
    <Page
      title={cluster.name}
      path={clustersPath}
      state={<ClusterStateBadge cluster={cluster} />}
      tab={`${cluster.name} ${stateWords(cluster.state)}`}
      actions={<ClusterActions cluster={cluster} />}
    >
      <Shown cluster={cluster} />
    </Page>
  )
}

function Shown({ cluster }: { cluster: Cluster }) {
  const shown = useShownNodes(cluster)
  const nodes = inOrder(shown ?? [])
  const waits = cluster.state === 'AwaitingStartup'
  return (
    <>
      <div className={classes.lead} data-waits={waits}>
        <p>{leadOf(cluster)}</p>
        {cluster.problem !== null && <ProblemCard document={cluster.problem} />}
        {waits && <WaitingFor cloudId={cluster.cloud_id} />}
      </div>
      <div className={classes.columns} data-state={cluster.state}>
        {shown === null && <Skeleton height="16rem" />}
        {nodes.length > 0 && (
          <div className={classes.nodes}>
            <NodesSection
              title={nodesTitle(cluster, nodes)}
              clusterId={cluster.id}
              nodes={nodes}
              told={cluster.problem}
            />
            <Timeline nodes={nodes} />
          </div>
        )}
        <div className={classes.beside}>
          {mayBeReached(cluster) && <ConnectSection cluster={cluster} />}
          <ClusterFacts cluster={cluster} />
        </div>
      </div>
    </>
  )
}

function nodesTitle({ state }: Cluster, nodes: readonly ClusterNode[]): string {
  const count = countOf(nodes.length, 'node')
  return state === 'Terminated' ? `Its last start, on ${count}` : count
}

/** It is present from the start, so that nothing jumps once Ray runs. */
function mayBeReached({ state }: Cluster): boolean {
  return state === 'StartingUp' || state === 'Running'
}

function Timeline({ nodes }: { nodes: readonly ClusterNode[] }) {
  if (nodes.every(({ steps }) => steps.length === 0)) return null
  return (
    <Section title="Timeline">
      <WaterfallChart
        label="The steps of each node"
        groups={nodes.map(({ node_name, role, phase, steps }) => ({
          title: node_name,
          note: role,
          steps,
          isOver: isOver(phase),
        }))}
      />
    </Section>
  )
}

function PendingCluster() {
  return (
    <div aria-busy className={classes.pending}>
      <Skeleton height="1.2em" width="20rem" />
      <Skeleton height="9rem" />
      <Skeleton height="16rem" />
    </div>
  )
}

const outputEveryMs = 10_000

/**
 * The cluster's own nodes, with what their containers print while the page is open; once it is terminated, those of its last start, which
 * the cluster no longer lists. Null while they are loading.
 */
function useShownNodes(cluster: Cluster): readonly ClusterNode[] | null {
  const { client } = useSession()
  const { id, generation, state } = cluster
  const isEnding = state === 'Terminating' || state === 'Terminated'
  const isShared = cluster.nodes.some(({ last_lines_at: at }) => at != null)
  const { data, error } = useQuery({
    queryKey: ['clusters', 'nodes', id, generation],
    // They come in one page.
    queryFn: ({ signal }) => client.clusters.nodes(id, { signal }).page(),
    // From the start of termination, so that nothing is missing for a moment when it ends.
    enabled: (isEnding || isShared) && generation > 0,
    // No event tells of a line.
    refetchInterval: isShared && !isEnding ? outputEveryMs : false,
  })
  if (state !== 'Terminated') {
    const outputOf = new Map(data?.results.map(({ node_id, last_lines }) => [node_id, last_lines]))
    return cluster.nodes.map((node) => ({ ...node, last_lines: node.last_lines ?? outputOf.get(node.node_id) ?? null }))
  }
  if (data !== undefined) return data.results
  return generation === 0 || error !== null ? [] : null
}

/** What can be done here when a cluster waits for nodes. */
function WaitingFor({ cloudId }: { cloudId: string }) {
  return (
    <p className={classes.waiting}>
      <TextLink to="/clouds/$id" params={{ id: cloudId }} hash="join">
        Join a node to its cloud
      </TextLink>
      , or look{' '}
      <TextLink to="/clusters" search={{ state: 'Running' }}>
        which clusters run
      </TextLink>{' '}
      and terminate one.
    </p>
  )
}
