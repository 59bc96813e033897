/** One cluster environment: its builds. */
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useSession } from '../../session/session.tsx'
import { Page } from '../../ui/page.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'

const route = getRouteApi('/cluster-environments/$id')

export function EnvironmentPage() {
  const { id } = route.useParams()
  const { client } = useSession()
  const { data: environment, error } = useQuery({
    queryKey: ['cluster-environments', 'one', id],
    queryFn: ({ signal }) => client.clusterEnvironments.get(id, { signal }),
  })
  return (
    <Page
      title={environment?.name ?? id}
      path={[{ text: 'Configurations' }, { text: 'Cluster environments', link: { to: '/cluster-environments' } }]}
      state={environment && <StateBadge state={environment.latest_build.status} />}
    >
      {error !== null && <ProblemCard error={error} />}
    </Page>
  )
}
