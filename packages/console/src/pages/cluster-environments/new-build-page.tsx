/** The next build of an environment, in the form that its newest build fills. */
import type { ClusterEnvironment } from '@fairlead/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { EnvironmentForm } from '../../environment-form/environment-form.tsx'
import { formOfBuild } from '../../environment-form/form.ts'
import { useSession } from '../../session/session.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page } from '../../ui/page.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { environmentPath, environmentsPath } from './environments-path.ts'
import { LookOnly } from './look-only.tsx'
import { environmentQuery } from './queries.ts'

const route = getRouteApi('/cluster-environments/$id/new-build')

export function NewBuildPage() {
  const { id } = route.useParams()
  const { client, may } = useSession()
  const { data: environment, error } = useQuery(environmentQuery(client, id))
  return (
    <Page
      title={environment === undefined ? 'New build' : `New build of ${environment.name}`}
      path={environment === undefined ? environmentsPath : environmentPath(environment)}
    >
      {error !== null && <ProblemCard error={error} />}
      {!may('developer') ? <LookOnly /> : environment !== undefined && <NewBuild newest={environment} />}
    </Page>
  )
}

function NewBuild({ newest }: { newest: ClusterEnvironment }) {
  // The one from which was begun: a build that somebody else adds meanwhile does not change what is typed.
  const [begun] = useState(newest.latest_build)
  if (newest.archived_at !== null) return <EmptyState title="It is archived, and gets no builds any more" />
  return <EnvironmentForm environment={newest} initial={formOfBuild(begun)} />
}
