/** Shown when there is no cluster environment to start from: the next step towards one. */
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useClouds } from '../../queries/use-clouds.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { NoCloud } from '../clouds/no-cloud.tsx'

export function NothingToStart() {
  const clouds = useClouds()
  if (!clouds.isPending && clouds.error === null && clouds.all.length === 0) {
    return <NoCloud why="A cluster runs on the nodes of a cloud, from an environment that belongs to it." />
  }
  return (
    <EmptyState
      title="There is no cluster environment yet"
      action={
        <Button renderRoot={(props) => <Link {...props} to="/cluster-environments/new" />}>
          Create new environment
        </Button>
      }
    >
      <p>
        A cluster starts from an environment: your Docker image, its version of Ray, and the secret for its registry.
      </p>
    </EmptyState>
  )
}
