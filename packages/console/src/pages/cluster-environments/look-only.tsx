/** Replaces a form for a role that may not send it. */
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { EmptyState } from '../../ui/empty-state.tsx'

export function LookOnly() {
  return (
    <EmptyState
      title="Your token can only read"
      action={
        <Button variant="default" renderRoot={(props) => <Link {...props} to="/cluster-environments" />}>
          Go to cluster environments
        </Button>
      }
    >
      <p>An admin can create a token with the role developer.</p>
    </EmptyState>
  )
}
