/** Configurations › Cluster environments: each with its newest build. */
import type { BuildStatus, Cloud, ClusterEnvironment } from '@fairlead/contract/wire'
import { Checkbox, Group, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useClouds } from '../../queries/use-clouds.ts'
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
import { StateBadge } from '../../ui/state-badge.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { TimeText } from '../../ui/time-text.tsx'

const columnsFor = (clouds: readonly Cloud[]): readonly Column<ClusterEnvironment, 'name' | 'last_modified_at'>[] => [
  {
    title: 'Name',
    sort: ['name', 'asc'],
    cell: ({ id, name, archived_at }) => (
      <>
        <TextLink to="/cluster-environments/$id" params={{ id }}>
          {name}
        </TextLink>
        {archived_at !== null && <span className="quiet"> archived</span>}
      </>
    ),
  },
  {
    title: 'Build',
    isNumber: true,
    cell: ({ latest_build: { id, revision } }) => (
      <TextLink to="/builds/$id" params={{ id }}>
        {revision}
      </TextLink>
    ),
  },
  {
    title: 'State',
    cell: ({ latest_build: { status, problem } }) => (
      <>
        <Group gap="xs">
          <StateBadge state={status} />
          {problem !== null && <ProblemLink code={problem.code} />}
        </Group>
        {problem !== null && (
          <Text size="sm" className="quiet">
            {problem.title}
          </Text>
        )}
      </>
    ),
  },
  {
    title: 'Image',
    cell: ({ latest_build }) => <span className="mono">{latest_build.docker_image_name}</span>,
    wideOnly: true,
  },
  ...(clouds.length > 1
    ? [
        {
          title: 'Cloud',
          cell: ({ cloud_id }: ClusterEnvironment) => clouds.find(({ id }) => id === cloud_id)?.name,
          wideOnly: true,
        },
      ]
    : []),
  { title: 'Created by', cell: ({ creator_name }) => creator_name, wideOnly: true },
  {
    title: 'Changed',
    sort: ['last_modified_at', 'desc'],
    cell: ({ last_modified_at }) => <TimeText at={last_modified_at} />,
    wideOnly: true,
  },
]

const statusChoices: readonly Choice<BuildStatus>[] = [
  { value: 'succeeded', label: 'Succeeded' },
  { value: 'failed', label: 'Failed' },
  { value: 'in_progress', label: 'Checking' },
  { value: 'pending', label: 'Not checked yet' },
]

export function ClusterEnvironmentsPage() {
  const { client, may } = useSession()
  const clouds = useClouds()
  const { search, change } = useListSearch('/cluster-environments')
  const typedName = useTypedName(search.name)
  const { name, asked } = typedName
  const { archived = false, status, advice, sort, order } = search
  const filter = { include_archived: archived, build_status: status, advice, sort, order }
  const list = longList(
    ['cluster-environments', 'list', { name, ...filter }],
    (part, signal) => asked && client.clusterEnvironments.list({ ...asked, ...filter, ...part }, { signal }),
  )
  const isNarrowed = name !== '' || status !== undefined || advice !== undefined
  const create = may('developer') && (
    <LinkButton leftSection={<IconPlus size={16} />} to="/cluster-environments/new">
      Create new environment
    </LinkButton>
  )
  return (
    <Page isWide title="Cluster environments" path={[{ text: 'Configurations' }]} actions={create}>
      <Group>
        <NameSearch search={typedName} onTyped={(text) => change({ name: text })} />
        <ChoiceSelect
          aria-label="State of the newest build"
          any="Any state"
          choices={statusChoices}
          value={status}
          onChoose={(chosen) => change({ status: chosen })}
        />
        <Checkbox
          label="Low pull budget"
          checked={advice === 'RATE_LIMIT_LOW'}
          onChange={({ currentTarget }) => change({ advice: currentTarget.checked ? 'RATE_LIMIT_LOW' : undefined })}
        />
        <Checkbox
          label="Show archived"
          checked={archived}
          onChange={({ currentTarget }) => change({ archived: currentTarget.checked || undefined })}
        />
      </Group>
      <LongTable
        label="Cluster environments"
        unit={['environment', 'environments']}
        list={list}
        columns={columnsFor(clouds.all)}
        sorting={search}
        onSort={change}
        empty={
          isNarrowed ? (
            <EmptyState title={name === '' ? 'No environments match' : `No environment matches “${name}”`} />
          ) : (
            <EmptyState title="No cluster environment yet" action={create}>
              <p>
                An environment names your Docker image, the version of Ray in it, and the secret with which your nodes
                log in to its registry.
              </p>
            </EmptyState>
          )
        }
      />
    </Page>
  )
}
