/** Replaces a form for a role that may not send it. */
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'

export function LookOnly() {
  return (
    <EmptyState
      title="Your token can only read"
      action={
        <LinkButton variant="default" to="/cluster-environments">
          Go to cluster environments
        </LinkButton>
      }
    >
      <p>An admin can create a token with the role developer.</p>
    </EmptyState>
  )
}
