/** One build: its check as steps while it runs, what it found, and what to do if it failed. */
import type { Build, ClusterEnvironment } from '@fairlead/contract/wire'
import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { Note } from '../../ui/note.tsx'
import { buildQuery, environmentQuery, nodesOfCloudQuery } from '../../queries/resource-queries.ts'
import { useClouds } from '../../queries/use-clouds.ts'
import { useSession } from '../../session/session.tsx'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { sentence } from '../../ui/sentence.ts'
import { StateBadge, stateWords } from '../../ui/state-badge.tsx'
import { environmentPath, environmentsPath } from '../cluster-environments/environments-path.ts'
import { BuildCheck } from './build-check.tsx'
import { BuildFacts } from './build-facts.tsx'
import { CheckAgainButton } from './check-again-button.tsx'
import { StartClusterLink } from './start-cluster-link.tsx'

const route = getRouteApi('/builds/$id')
const progressEveryMs = 5000

export function BuildPage() {
  const { id } = route.useParams()
  const { client } = useSession()
  const build = useQuery({
    ...buildQuery(client, id),
    // No event tells of each node.
    refetchInterval: ({ state }) => (state.data?.prefetch_progress === undefined ? false : progressEveryMs),
  })
  const environmentId = build.data?.cluster_environment_id
  const environment = useQuery({
    ...environmentQuery(client, environmentId ?? ''),
    enabled: environmentId !== undefined,
  })
  const error = build.error ?? environment.error
  if (build.data !== undefined && environment.data !== undefined) {
    return <Shown build={build.data} environment={environment.data} />
  }
  return (
    <Page title="Build" path={environmentsPath}>
      {error === null ? <Skeleton height="20rem" /> : <ProblemCard error={error} />}
    </Page>
  )
}

function Shown({ build, environment }: { build: Build; environment: ClusterEnvironment }) {
  const { client, may } = useSession()
  const clouds = useClouds()
  // One of them checked the build, or could.
  const { data: nodes } = useQuery(nodesOfCloudQuery(client, build.cloud_id))
  const [error, setError] = useState<Error | null>(null)
  const identifier = `${environment.name}:${build.revision}`
  const cloud = clouds.byId(build.cloud_id)
  const mayAct = may('developer') && environment.archived_at === null
  return (
    <Page
      title={`Build ${build.revision}`}
      tab={`${identifier} ${stateWords(build.status)}`}
      path={environmentPath(environment)}
      state={<StateBadge state={build.status} />}
      actions={
        mayAct && (
          <>
            <CheckAgainButton build={build} onError={setError} />
            {build.status === 'failed' ? (
              <CorrectLink build={build} environment={environment} />
            ) : (
              <StartClusterLink identifier={identifier} variant={build.status === 'succeeded' ? 'filled' : 'default'} />
            )}
          </>
        )
      }
    >
      {error !== null && <ProblemCard error={error} />}
      {environment.archived_at !== null && (
        <Note tone="plain">{environment.name} is archived: no more clusters can start from its builds.</Note>
      )}
      <BuildCheck build={build} cloud={cloud} nodes={nodes?.results ?? null} />
      {build.warnings.length > 0 && (
        <Section title="Warnings">
          {build.warnings.map(({ code, path, detail }) => (
            <Note key={`${code} ${path}`} tone="warn">
              <span className="mono">{path}</span>: {sentence(detail)}
            </Note>
          ))}
        </Section>
      )}
      <Section title="Details">
        <BuildFacts build={build} />
      </Section>
      <Section title="In a terminal">
        <CopyBlock
          label="commands"
          text={[
            `fairlead cluster-env get ${identifier}`,
            ...(mayAct ? [`fairlead cluster-env verify ${identifier}`] : []),
            ...(mayAct && build.status !== 'failed' ? [`fairlead cluster start -n NAME --env ${identifier}`] : []),
          ].join('\n')}
        />
      </Section>
    </Page>
  )
}

/** From a failed build to the form of the next one, filled in with its values. */
function CorrectLink({ build, environment }: { build: Build; environment: ClusterEnvironment }) {
  return (
    <LinkButton to="/cluster-environments/$id/new-build" params={{ id: environment.id }} search={{ build: build.id }}>
      Correct and register build {environment.latest_build.revision + 1}
    </LinkButton>
  )
}
