/** One cluster environment: its newest build, all of its builds, a comparison of two, the policy for its nodes. */
import type { Build, ClusterEnvironment } from '@fairlead/contract/wire'
import { Group, Skeleton } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { Note } from '../../ui/note.tsx'
import { useClouds } from '../../queries/use-clouds.ts'
import { pageSize, usePages } from '../../queries/use-pages.ts'
import { environmentQuery } from '../../queries/resource-queries.ts'
import { useSession } from '../../session/session.tsx'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { ProblemCard, ProblemLink } from '../../ui/problem-card.tsx'
import { ResourceTable, type Column } from '../../ui/resource-table.tsx'
import { StateBadge, stateWords } from '../../ui/state-badge.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { TimeText } from '../../ui/time-text.tsx'
import { shortDigest } from '../../ui/units.ts'
import { BuildFacts } from '../builds/build-facts.tsx'
import { CheckAgainButton } from '../builds/check-again-button.tsx'
import { StartClusterLink } from '../builds/start-cluster-link.tsx'
import { canStart } from '../clusters/builds-to-start.ts'
import { ArchiveButton } from './archive-button.tsx'
import { BuildDiff } from './build-diff.tsx'
import { EnvironmentPolicy } from './environment-policy.tsx'
import { environmentsPath } from './environments-path.ts'

const route = getRouteApi('/cluster-environments/$id')

const columns: readonly Column<Build>[] = [
  {
    title: 'Build',
    cell: ({ id, revision }) => (
      <TextLink to="/builds/$id" params={{ id }}>
        Build {revision}
      </TextLink>
    ),
  },
  {
    title: 'State',
    cell: ({ status, problem }) => (
      <Group gap="xs">
        <StateBadge state={status} />
        {problem !== null && <ProblemLink code={problem.code} />}
      </Group>
    ),
  },
  {
    title: 'Image',
    cell: ({ docker_image_name }) => <span className="mono">{docker_image_name}</span>,
    wideOnly: true,
  },
  {
    title: 'Digest',
    cell: ({ digest }) => (digest === null ? null : <span className="mono">{shortDigest(digest)}</span>),
    wideOnly: true,
  },
  { title: 'Ray', cell: ({ ray_version }) => <span className="numbers">{ray_version}</span> },
  { title: 'Created', cell: ({ created_at }) => <TimeText at={created_at} /> },
]

export function EnvironmentPage() {
  const { id } = route.useParams()
  const { client } = useSession()
  const { data: environment, error } = useQuery(environmentQuery(client, id))
  if (environment !== undefined) return <Shown environment={environment} />
  return (
    <Page title="Cluster environment" path={environmentsPath}>
      {error === null ? <Skeleton height="20rem" /> : <ProblemCard error={error} />}
    </Page>
  )
}

function Shown({ environment }: { environment: ClusterEnvironment }) {
  const { client, may } = useSession()
  const clouds = useClouds()
  const [error, setError] = useState<Error | null>(null)
  const { id, name, latest_build: newest } = environment
  const builds = usePages(['builds', 'list', id], (signal) => client.builds.list(id, { signal }))
  const cloud = clouds.byId(environment.cloud_id)
  const isArchived = environment.archived_at !== null
  const mayAct = may('developer') && !isArchived
  const mayStart = mayAct && canStart(newest)
  return (
    <Page
      title={name}
      path={environmentsPath}
      state={<StateBadge state={newest.status} />}
      tab={`${name} ${stateWords(newest.status)}`}
      actions={
        mayAct && (
          <>
            <ArchiveButton environment={environment} />
            <LinkButton
              variant="default"
              leftSection={<IconPlus size={16} />}
              to="/cluster-environments/$id/new-build"
              params={{ id }}
            >
              New build
            </LinkButton>
            {mayStart && <StartClusterLink identifier={`${name}:${newest.revision}`} variant="filled" />}
          </>
        )
      }
    >
      {isArchived && (
        <Note tone="plain">
          Archived <TimeText at={environment.archived_at} />. It stays readable, but no more clusters can start from it.
        </Note>
      )}
      {error !== null && <ProblemCard error={error} />}
      <Section
        title={`Newest build: ${newest.revision}`}
        actions={
          <>
            {mayAct && <CheckAgainButton build={newest} onError={setError} />}
            <LinkButton variant="default" to="/builds/$id" params={{ id: newest.id }}>
              View check
            </LinkButton>
          </>
        }
      >
        {newest.problem !== null && <ProblemCard document={newest.problem} />}
        <BuildFacts build={newest} />
      </Section>
      <Section title="Builds">
        <ResourceTable
          label="Builds"
          listed={builds}
          columns={columns}
          empty={null}
          pendingRows={Math.min(newest.revision, pageSize)}
        />
      </Section>
      <BuildDiff builds={builds.items} />
      {newest.registry_login_secret !== null && cloud !== null && cloud.provider !== 'local' && (
        <EnvironmentPolicy environment={environment} />
      )}
      <Section title="In a terminal">
        <CopyBlock
          label="commands"
          text={[
            `fairlead cluster-env get ${name}`,
            ...(mayAct ? [`fairlead cluster-env build -n ${name} my_cluster_env.yaml`] : []),
            ...(mayStart ? [`fairlead cluster start -n NAME --env ${name}:${newest.revision}`] : []),
          ].join('\n')}
        />
      </Section>
    </Page>
  )
}
