/** Workloads › Clusters: each with its state, the build it was started from, and how many of its nodes Ray lists. */
import type { Cluster, ClusterState } from '@fairlead/contract/wire'
import { Checkbox, Group } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useListSearch } from '../../queries/use-list-search.ts'
import { longList } from '../../queries/use-long-list.ts'
import { useSession } from '../../session/session.tsx'
import { ChoiceSelect, type Choice } from '../../ui/choice-select.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { NameSearch, useTypedName } from '../../ui/name-search.tsx'
import { Page } from '../../ui/page.tsx'
import { ProblemLink } from '../../ui/problem-card.tsx'
import { LongTable } from '../../ui/long-table.tsx'
import type { Column } from '../../ui/resource-table.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { TimeText } from '../../ui/time-text.tsx'
import { ClusterStateBadge } from './cluster-state.tsx'
import { AliveText } from './alive-text.tsx'

const stateChoices: readonly Choice<ClusterState>[] = [
  { value: 'Running', label: 'Running' },
  { value: 'StartingUp', label: 'Starting' },
  { value: 'AwaitingStartup', label: 'Waiting for nodes' },
  { value: 'StartupErrored', label: 'Failed' },
  { value: 'Terminating', label: 'Terminating' },
  { value: 'Terminated', label: 'Terminated' },
]

const columns: readonly Column<Cluster, 'name' | 'state' | 'state_changed_at'>[] = [
  {
    title: 'Name',
    sort: ['name', 'asc'],
    cell: ({ id, name }) => (
      <TextLink to="/clusters/$id" params={{ id }}>
        {name}
      </TextLink>
    ),
  },
  {
    title: 'State',
    sort: ['state', 'asc'],
    cell: (cluster) => (
      <Group gap="xs">
        <ClusterStateBadge cluster={cluster} />
        {cluster.problem !== null && <ProblemLink code={cluster.problem.code} />}
      </Group>
    ),
  },
  {
    title: 'Environment',
    cell: ({ cluster_environment, cluster_environment_build_id: id }) => (
      <TextLink to="/builds/$id" params={{ id }}>
        {cluster_environment}
      </TextLink>
    ),
  },
  { title: 'Nodes', cell: (cluster) => <AliveText cluster={cluster} /> },
  { title: 'Created by', cell: ({ creator_name }) => creator_name, wideOnly: true },
  {
    title: 'Since',
    sort: ['state_changed_at', 'desc'],
    cell: ({ state_changed_at }) => <TimeText at={state_changed_at} />,
    wideOnly: true,
  },
]

export function ClustersPage() {
  const { client, may } = useSession()
  const { search, change } = useListSearch('/clusters')
  const typedName = useTypedName(search.name)
  const { name, asked } = typedName
  const { state, problem: has_problem, sort, order } = search
  const filter = { state, has_problem, sort, order }
  const list = longList(
    ['clusters', 'list', { name, ...filter }],
    (part, signal) => asked && client.clusters.list({ ...asked, ...filter, ...part }, { signal }),
  )
  const start = may('developer') && (
    <LinkButton leftSection={<IconPlus size={16} />} to="/clusters/new">
      Start a cluster
    </LinkButton>
  )
  return (
    <Page isWide title="Clusters" path={[{ text: 'Workloads' }]} actions={start}>
      <Group>
        <NameSearch search={typedName} onTyped={(text) => change({ name: text })} />
        <ChoiceSelect
          aria-label="State"
          any="Any state"
          choices={stateChoices}
          value={state}
          onChoose={(chosen) => change({ state: chosen })}
        />
        <Checkbox
          label="With a problem"
          checked={has_problem === true}
          onChange={({ currentTarget }) => change({ problem: currentTarget.checked || undefined })}
        />
      </Group>
      <LongTable
        label="Clusters"
        unit={['cluster', 'clusters']}
        list={list}
        columns={columns}
        sorting={search}
        onSort={change}
        empty={
          name !== '' || state !== undefined || has_problem === true ? (
            <EmptyState title="No clusters match">
              <p>Search for another part of the name, or in any state.</p>
            </EmptyState>
          ) : (
            <EmptyState title="No cluster yet" action={start}>
              <p>
                A cluster is a head and workers that run one build of a{' '}
                <TextLink to="/cluster-environments">cluster environment</TextLink>, on nodes that joined a cloud.
              </p>
            </EmptyState>
          )
        }
      />
    </Page>
  )
}
