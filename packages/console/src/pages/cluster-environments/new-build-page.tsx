/** The next build of an environment, in a form filled from its newest build, or from the failed one that is being corrected. */
import type { Build, ClusterEnvironment } from '@fairlead/contract/wire'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { EnvironmentForm } from '../../environment-form/environment-form.tsx'
import { faultyField } from '../../environment-form/faulty-field.ts'
import { formOfBuild } from '../../environment-form/form.ts'
import { buildQuery, environmentQuery } from '../../queries/resource-queries.ts'
import { useSession } from '../../session/session.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { environmentPath, environmentsPath } from './environments-path.ts'
import { LookOnly } from './look-only.tsx'

const route = getRouteApi('/cluster-environments/$id/new-build')

export function NewBuildPage() {
  const { id } = route.useParams()
  const { build: named } = route.useSearch()
  const { client, may } = useSession()
  const environment = useQuery(environmentQuery(client, id))
  const build = useQuery({ ...buildQuery(client, named ?? ''), enabled: named !== undefined })
  const error = environment.error ?? build.error
  return (
    <Page
      title={environment.data === undefined ? 'New build' : `New build of ${environment.data.name}`}
      path={environment.data === undefined ? environmentsPath : environmentPath(environment.data)}
    >
      {error !== null && <ProblemCard error={error} />}
      {!may('developer') ? (
        <LookOnly />
      ) : (
        environment.data !== undefined &&
        (named === undefined || build.data !== undefined) && (
          <NewBuild environment={environment.data} from={build.data ?? environment.data.latest_build} />
        )
      )}
    </Page>
  )
}

function NewBuild({ environment, from }: { environment: ClusterEnvironment; from: Build }) {
  // The build that the form started from: a build that someone else adds meanwhile does not change the input.
  const [begun] = useState(from)
  if (environment.archived_at !== null) return <EmptyState title="It is archived, and gets no more builds" />
  const isCorrection = begun.problem !== null && begun.cluster_environment_id === environment.id
  return (
    <>
      {isCorrection && begun.problem !== null && (
        <Section title={`Why build ${begun.revision} failed`}>
          <ProblemCard document={begun.problem} />
        </Section>
      )}
      <EnvironmentForm
        environment={environment}
        initial={formOfBuild(begun)}
        autofocus={isCorrection ? faultyField(begun) : null}
      />
    </>
  )
}
