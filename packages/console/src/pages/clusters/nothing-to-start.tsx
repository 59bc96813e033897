/** Shown when there is no cluster environment to start from: the next step towards one. */
import { useClouds } from '../../queries/use-clouds.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { NoCloud } from '../clouds/no-cloud.tsx'

export function NothingToStart() {
  const clouds = useClouds()
  if (!clouds.isPending && clouds.error === null && clouds.all.length === 0) {
    return <NoCloud why="A cluster runs on the nodes of a cloud, from an environment that belongs to it." />
  }
  return (
    <EmptyState
      title="There is no cluster environment yet"
      action={<LinkButton to="/cluster-environments/new">Create new environment</LinkButton>}
    >
      <p>
        A cluster starts from an environment: your Docker image, its version of Ray, and the secret for its registry.
      </p>
    </EmptyState>
  )
}
