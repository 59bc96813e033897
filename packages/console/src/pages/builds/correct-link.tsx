/** From a build that failed to the form of the next one, which it fills. */
import type { Build, ClusterEnvironment } from '@fairlead/contract/wire'
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'

export function CorrectLink({ build, environment }: { build: Build; environment: ClusterEnvironment }) {
  return (
    <Button
      renderRoot={(props) => (
        <Link
          {...props}
          to="/cluster-environments/$id/new-build"
          params={{ id: environment.id }}
          search={{ build: build.id }}
        />
      )}
    >
      Correct and register build {environment.latest_build.revision + 1}
    </Button>
  )
}
