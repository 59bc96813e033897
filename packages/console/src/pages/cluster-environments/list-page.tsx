/** Configurations › Cluster environments: each with its newest build. */
import type { Cloud, ClusterEnvironment } from '@fairlead/contract/wire'
import { Button, Checkbox, Group, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useClouds } from '../../queries/use-clouds.ts'
import { usePages } from '../../queries/use-pages.ts'
import { useSession } from '../../session/session.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { NameSearch, useTypedName } from '../../ui/name-search.tsx'
import { Page } from '../../ui/page.tsx'
import { ProblemLink } from '../../ui/problem-card.tsx'
import { ResourceTable, type Column } from '../../ui/resource-table.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { TimeText } from '../../ui/time-text.tsx'

const route = getRouteApi('/cluster-environments')

const columnsFor = (clouds: readonly Cloud[]): readonly Column<ClusterEnvironment>[] => [
  {
    title: 'Name',
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
  { title: 'Changed', cell: ({ last_modified_at }) => <TimeText at={last_modified_at} />, wideOnly: true },
]

export function ClusterEnvironmentsPage() {
  const { client, may } = useSession()
  const clouds = useClouds()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const typedName = useTypedName(search.name)
  const { name, isPossible } = typedName
  const archived = search.archived ?? false
  const listed = usePages(['cluster-environments', 'list', { name, archived }], (signal) =>
    isPossible
      ? client.clusterEnvironments.list(
          { ...(name !== '' && { name_contains: name }), include_archived: archived },
          { signal },
        )
      : null,
  )
  const create = may('developer') && (
    <Button
      leftSection={<IconPlus size={16} />}
      renderRoot={(props) => <Link {...props} to="/cluster-environments/new" />}
    >
      Create new environment
    </Button>
  )
  return (
    <Page isWide title="Cluster environments" path={[{ text: 'Configurations' }]} actions={create}>
      <Group>
        <NameSearch
          search={typedName}
          onTyped={(text) => void navigate({ search: (now) => ({ ...now, name: text }), replace: true })}
        />
        <Checkbox
          label="Show archived"
          checked={archived}
          onChange={(event) => {
            const isWanted = event.currentTarget.checked
            void navigate({ search: (now) => ({ ...now, archived: isWanted || undefined }), replace: true })
          }}
        />
      </Group>
      <ResourceTable
        label="Cluster environments"
        listed={listed}
        columns={columnsFor(clouds.all)}
        empty={
          name !== '' ? (
            <EmptyState title={`No environment matches “${name}”`} />
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
