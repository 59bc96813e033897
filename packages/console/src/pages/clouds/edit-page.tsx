/** Edits a cloud: everything but its provider. */
import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { cloudQuery } from '../../queries/resource-queries.ts'
import { useSession } from '../../session/session.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page } from '../../ui/page.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { CloudEditor } from './cloud-editor.tsx'
import { cloudsPath } from './clouds-path.ts'

const route = getRouteApi('/clouds/$id/edit')

export function EditCloudPage() {
  const { id } = route.useParams()
  const { client, may } = useSession()
  const { data: cloud, error } = useQuery(cloudQuery(client, id))
  return (
    <Page title={cloud === undefined ? 'Edit a cloud' : `Edit ${cloud.name}`} path={cloudsPath}>
      {error !== null && <ProblemCard error={error} />}
      {cloud === undefined && error === null && <Skeleton height="18rem" />}
      {cloud !== undefined && !may('admin') && <EmptyState title="Admins edit clouds">{null}</EmptyState>}
      {cloud !== undefined && may('admin') && <CloudEditor cloud={cloud} />}
    </Page>
  )
}
